// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using SupplyChain.Model;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>Decisions about somebody else's images, however many, hide none of one's own and show nothing of themselves.</summary>
public sealed class DecisionListTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task A_hundred_and_fifty_newer_decisions_that_concern_others_hide_none_of_the_caller_s()
    {
        var (own, _) = await DecideBothAsync();
        await CopyNewestAsync(150);

        var listed = await service.GetAsync("/v1/decisions", Service.StrangersToken);

        Assert.Equal(own, Ids(listed)[0]);
    }

    [Fact]
    public async Task A_page_is_full_of_what_concerns_the_caller_and_everything_in_it_is_found_by_its_id()
    {
        var (own, foreign) = await DecideBothAsync();
        await CopyNewestAsync(150);

        var listed = Ids(await service.GetAsync("/v1/decisions"));

        Assert.Equal(100, listed.Length);
        Assert.DoesNotContain(own, listed);
        Assert.Equal(200, (await service.GetAsync($"/v1/decisions/{own}", Service.StrangersToken)).Status);
        Assert.Equal(404, (await service.GetAsync($"/v1/decisions/{foreign}", Service.StrangersToken)).Status);
        foreach (var token in (string[])[Service.Token, Service.ScannersToken, service.Issuer.Issue(), Service.StrangersToken])
        {
            var first = Ids(await service.GetAsync("/v1/decisions", token))[0];
            Assert.Equal(200, (await service.GetAsync($"/v1/decisions/{first}", token)).Status);
        }
    }

    [Fact]
    public async Task No_more_than_so_many_decisions_are_looked_at_and_the_image_finds_one_below_them()
    {
        var image = await LetStrangersSignAsync();
        var own = (await service.AttestAsync(Bodies.Multipart(image.Name), token: Service.StrangersToken)).Decision.Id;
        await service.AttestAsync(Bodies.Multipart(service.PushImage().Name));
        await CopyNewestAsync(Limits.DecisionsLookedAt - 2);

        Assert.Equal(own, Ids(await service.GetAsync("/v1/decisions", Service.StrangersToken))[0]);
        await CopyNewestAsync(1);

        Assert.Empty(Ids(await service.GetAsync("/v1/decisions", Service.StrangersToken)));
        Assert.Equal([own], Ids(await service.GetAsync($"/v1/decisions?image={image.Digest}", Service.StrangersToken)));
    }

    // One decision of the stranger's about an image of its own, then one of somebody else about an image that the stranger has no part in.
    private async Task<(string Own, string Foreign)> DecideBothAsync()
    {
        var image = await LetStrangersSignAsync();
        var own = await service.AttestAsync(Bodies.Multipart(image.Name), token: Service.StrangersToken);
        var foreign = await service.AttestAsync(Bodies.Multipart(service.PushImage().Name));
        return (own.Decision.Id, foreign.Decision.Id);
    }

    private async Task<SampleImage> LetStrangersSignAsync()
    {
        service.WritePolicy("apart", service.SigningText("apart", "apart").Replace("sub: ci", "sub: stranger", StringComparison.Ordinal)
            .Replace("482193", "1", StringComparison.Ordinal).Replace("sub: scanner", "sub: nobody", StringComparison.Ordinal));
        await service.ReloadAsync();
        return service.PushImage("apart/shop");
    }

    // Written into the file, as so many requests would take long; each entry follows the one before, as the file demands.
    private async Task CopyNewestAsync(int count)
    {
        await using var connection = new SqliteConnection($"Data Source={service.Ledger};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            INSERT INTO entries (sequence, time, kind, request, body, previous, hash)
            WITH RECURSIVE
              newest AS MATERIALIZED (SELECT * FROM entries ORDER BY sequence DESC LIMIT 1),
              numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $count)
            SELECT sequence + number, time, kind, lower(hex(randomblob(16))), body, hash, hash FROM newest, numbers ORDER BY number
            """;
        command.Parameters.AddWithValue("$count", count);
        Assert.Equal(count, await command.ExecuteNonQueryAsync());
    }

    private static string[] Ids(Answer answer) =>
        [.. ((JsonArray)answer.Json["decisions"]!).Select(found => found!["decision"]!["id"]!.GetValue<string>())];
}
