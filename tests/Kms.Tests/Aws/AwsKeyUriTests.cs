// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Aws;

namespace SupplyChain.Kms.Tests;

public sealed class AwsKeyUriTests
{
    private const string Id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string Arn = "arn:aws:kms:eu-west-2:111122223333:";

    public static TheoryData<string, string, string, string, string?> Good => new()
    {
        { "an id", $"awskms:///{Id}", "", Id, null },
        { "a multi-Region key", $"awskms:///mrk-{new string('a', 32)}", "", "mrk-" + new string('a', 32), null },
        { "an alias", "awskms:///alias/release/prod_1-a", "", "alias/release/prod_1-a", null },
        { "the ARN of a key", $"awskms:///{Arn}key/{Id}", "", $"{Arn}key/{Id}", "eu-west-2" },
        { "the ARN of an alias", $"awskms:///{Arn}alias/release", "", $"{Arn}alias/release", "eu-west-2" },
        { "another partition", $"awskms:///arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/{Id}", "", $"arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/{Id}", "us-gov-west-1" },
        { "a host", $"awskms://localhost:4566/{Id}", "localhost:4566", Id, null },
        { "a host and an ARN", $"awskms://kms.example/{Arn}key/{Id}", "kms.example", $"{Arn}key/{Id}", "eu-west-2" },
    };

    public static TheoryData<string, string> Bad => new()
    {
        { "one slash", "awskms:/alias/release" },
        { "two slashes", "awskms://alias" },
        { "no key", "awskms:///" },
        { "a bare name", "awskms:///release" },
        { "an alias without name", "awskms:///alias/" },
        { "an alias with other characters", "awskms:///alias/a b" },
        { "an alias that is too long", "awskms:///alias/" + new string('a', 251) },
        { "an id in capitals", $"awskms:///{Id.ToUpperInvariant()}" },
        { "an id with more behind it", $"awskms:///{Id}/x" },
        { "a query", $"awskms:///{Id}?x=y" },
        { "an ARN of something else", "awskms:///arn:aws:s3:::bucket" },
        { "an ARN without account", $"awskms:///arn:aws:kms:eu-west-2::key/{Id}" },
        { "a region that is a host", $"awskms:///arn:aws:kms:evil.example/:111122223333:key/{Id}" },
        { "a region with a dot", $"awskms:///arn:aws:kms:eu-west-2.evil.example:111122223333:key/{Id}" },
        { "an ARN of neither key nor alias", $"awskms:///{Arn}grant/{Id}" },
        { "an ARN of a key by its alias's name", $"awskms:///{Arn}key/release" },
        { "other digits than ASCII's", "awskms:///arn:aws:kms:eu-west-٢:111122223333:alias/release" },
    };

    [Theory, MemberData(nameof(Good))]
    public void Reads_the_forms_of_cosign(string because, string text, string host, string key, string? region)
    {
        Assert.True(AwsKeyUri.TryRead(KeyUri.Parse(text), out var read, out var problem), $"{because}: {problem}");
        Assert.Equal(new AwsKeyUri(host, key, region), read);
    }

    [Theory, MemberData(nameof(Bad))]
    public void Refuses_everything_else(string because, string text)
    {
        Assert.False(AwsKeyUri.TryRead(KeyUri.Parse(text), out _, out var problem), because);
        Assert.Contains("names no key of AWS KMS; expected awskms:///", problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, AwsKmsOptions, string?> Options => new()
    {
        { "nothing", new AwsKmsOptions(), null },
        { "a region", new AwsKmsOptions { Region = "ap-southeast-2" }, null },
        { "a region that is a host", new AwsKmsOptions { Region = "eu-west-1.evil.example" }, "region" },
        { "an endpoint", new AwsKmsOptions { Endpoint = new("https://vpce-1.kms.eu-west-1.vpce.amazonaws.com") }, null },
        { "a plain endpoint here", new AwsKmsOptions { Endpoint = new("http://127.0.0.1:4566") }, null },
        { "a plain endpoint elsewhere", new AwsKmsOptions { Endpoint = new("http://kms.example") }, "endpoint" },
        { "an endpoint with a path", new AwsKmsOptions { Endpoint = new("https://kms.example/x") }, "endpoint" },
        { "an endpoint with a password", new AwsKmsOptions { Endpoint = new("https://a:b@kms.example") }, "endpoint" },
        { "no URL", new AwsKmsOptions { Endpoint = new("kms.example", UriKind.Relative) }, "endpoint" },
        { "a role", new AwsKmsOptions { Role = "arn:aws:iam::111122223333:role/path/attestor" }, null },
        { "a role's name", new AwsKmsOptions { Role = "attestor" }, "role" },
        { "an endpoint for nothing", new AwsKmsOptions { StsEndpoint = new("https://sts.example") }, "stsEndpoint" },
        { "a plain endpoint for roles", new AwsKmsOptions { Role = AwsRole, StsEndpoint = new("http://sts.example") }, "stsEndpoint" },
    };

    private static string AwsRole => SupplyChain.Testing.Kms.AwsKmsSimulator.Role;

    [Theory, MemberData(nameof(Options))]
    public void Options_say_what_is_wrong_with_them(string because, AwsKmsOptions options, string? member)
    {
        Assert.Equal(member is null ? [] : [member], options.Problems().Select(problem => problem.Member));
        var refused = Record.Exception(() => new AwsKms(options, TimeProvider.System).Dispose());
        Assert.True(member is null ? refused is null : refused is ArgumentException, because);
    }
}
