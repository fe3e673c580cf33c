// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;
using SupplyChain.Testing.Kms;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Kms.Tests;

public sealed class VaultTlsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_of_a_configured_authority_is_trusted() =>
        Assert.Null(await OpenAsync(_authority.Pem, expired: false, "127.0.0.1"));

    [Fact]
    public async Task A_server_of_an_authority_that_nobody_configured_is_not() =>
        Unavailable(await OpenAsync(pem: null, expired: false, "127.0.0.1"));

    [Fact]
    public async Task A_server_of_another_authority_of_the_same_name_is_not()
    {
        using var other = new TestAuthority();
        Unavailable(await OpenAsync(other.Pem, expired: false, "127.0.0.1"));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_trusted() =>
        Unavailable(await OpenAsync(_authority.Pem, expired: false, "vault.example"));

    [Fact]
    public async Task A_certificate_that_expired_is_not_trusted() =>
        Unavailable(await OpenAsync(_authority.Pem, expired: true, "127.0.0.1"));

    [Fact]
    public async Task A_file_without_a_certificate_is_no_authority()
    {
        var problem = Assert.IsType<KmsException>(await OpenAsync("nothing", expired: false, "127.0.0.1"));

        Assert.Equal("KEY_UNUSABLE", problem.Reason.Name);
        Assert.Contains("there is no certificate in", problem.Message, StringComparison.Ordinal);
    }

    private async Task<Exception?> OpenAsync(string? pem, bool expired, string name)
    {
        using var certificate = _authority.Issue(expired, name);
        await using var service = await VaultSimulator.StartAsync(certificate: certificate);
        if (pem is not null)
            await File.WriteAllTextAsync(_folder["ca.pem"], pem);
        using var source = new VaultTransit(service.Options() with { Ca = pem is null ? null : _folder["ca.pem"] }, TimeProvider.System);
        var problem = await Record.ExceptionAsync(() => source.OpenAsync(KeyUri.Parse(service.UriOf("p256")), default).AsTask());
        Assert.Equal(problem is null, service.Calls > 0);
        return problem;
    }

    private static void Unavailable(Exception? problem) =>
        Assert.Equal("KMS_UNAVAILABLE", Assert.IsType<KmsException>(problem).Reason.Name);
}
