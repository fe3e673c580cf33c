// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Verifier.Caching;

namespace SupplyChain.Verifier.Tests.Caching;

public sealed class BoundedCacheTests
{
    [Fact]
    public void It_never_holds_more_than_its_capacity()
    {
        var cache = new BoundedCache<int, string>(10);
        for (var i = 0; i < 1000; i++)
        {
            cache.Set(i, "v");
            Assert.InRange(cache.Count, 1, 10);
        }
    }

    [Fact]
    public void What_is_asked_for_stays_and_what_is_not_goes()
    {
        var cache = new BoundedCache<int, string>(10);
        cache.Set(-1, "kept");
        for (var i = 0; i < 100; i++)
        {
            cache.Set(i, "v");
            Assert.True(cache.TryGet(-1, out var kept));
            Assert.Equal("kept", kept);
        }

        Assert.False(cache.TryGet(0, out _));
    }

    [Fact]
    public void The_last_value_set_is_the_one_found_in_whichever_generation_the_key_was()
    {
        var cache = new BoundedCache<int, string>(4);
        cache.Set(1, "a");
        cache.Set(2, "x");
        cache.Set(1, "b");
        cache.Set(3, "x");
        Assert.True(cache.TryGet(1, out var found));
        Assert.Equal("b", found);
    }

    [Fact]
    public void Removing_takes_only_the_value_that_was_meant()
    {
        var cache = new BoundedCache<int, string>(4);
        cache.Set(1, "a");
        cache.Remove(1, "b");
        Assert.True(cache.TryGet(1, out _));
        cache.Remove(1, "a");
        Assert.False(cache.TryGet(1, out _));
        cache.Set(1, "a");
        cache.Set(2, "x");
        cache.Set(3, "x");
        cache.Remove(1, "a");
        Assert.False(cache.TryGet(1, out _));
    }

    [Fact]
    public async Task Many_threads_keep_it_within_bounds_and_never_read_a_wrong_value()
    {
        var cache = new BoundedCache<int, string>(64);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var key = ((i * 7) + thread) % 200;
                if (cache.TryGet(key, out var found))
                    Assert.Equal($"{key}", found);
                else
                    cache.Set(key, $"{key}");
                if (i % 50 == 0)
                    cache.Remove(key, $"{key}");
            }
        })));
        Assert.InRange(cache.Count, 0, 64);
    }

    [Fact]
    public void A_cache_of_one_entry_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundedCache<int, string>(1));
}
