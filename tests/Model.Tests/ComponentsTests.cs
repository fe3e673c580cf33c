// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;

namespace SupplyChain.Model.Tests;

/// <summary>How tests find the programs of others, and what they do without them.</summary>
public sealed class ComponentsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void The_first_file_that_is_there_is_taken()
    {
        File.WriteAllText(_folder["here"], "");

        Assert.Equal(_folder["here"], Programs.RequireFile("some-program", [_folder["absent"], _folder["here"]], mayBeMissing: false));
    }

    [Fact]
    public void Where_all_has_to_be_tested_a_missing_component_fails_the_test_by_name()
    {
        var failure = Record.Exception(() => Programs.RequireFile("some-program", [_folder["absent"]], mayBeMissing: false));

        Assert.IsType<Xunit.Sdk.TrueException>(failure);
        Assert.Contains("component missing: some-program; run ./eng/setup.sh", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elsewhere_the_test_is_skipped_and_says_what_is_missing()
    {
        var said = "";
        try
        {
            Programs.RequireFile("some-program", [_folder["absent"]], mayBeMissing: true);
        }
        catch (Xunit.Sdk.SkipException skip)
        {
            said = skip.Message;
        }

        Assert.EndsWith("component missing: some-program; run ./eng/setup.sh", said, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
