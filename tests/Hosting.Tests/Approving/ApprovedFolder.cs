// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Policy.Approving;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests.Approving;

/// <summary>A folder of policies with two release managers who approve it, and a service that requires them to.</summary>
internal sealed class ApprovedFolder : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ECDsa _release = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ApprovedFolder()
    {
        Directory.CreateDirectory(Policies);
        WriteManagers();
        WritePolicy("24h");
    }

    public ECDsa First { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ECDsa Second { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Path => _folder.Path;

    public string Policies => _folder["policies"];

    public string Managers => _folder["managers.yaml"];

    public string State => _folder["state/policies.json"];

    public string Envelope => System.IO.Path.Combine(Policies, PolicyApproval.FileName);

    public string this[string path] => _folder[path];

    public PolicyApprovalConfiguration Configuration => new() { Attestor = Managers, Name = "production", State = State, MinimumVersion = 1 };

    /// <summary>The service's policies; the caller disposes them.</summary>
    public PolicySource Open(ManualClock clock, RecordedLog<PolicySource> log, PolicyApprovalConfiguration? configuration = null) =>
        new([Policies], Path, Kms.PublicKeys.OfFiles, clock, log, configuration ?? Configuration);

    /// <summary>A policy whose differences are easy to tell: an attestor that signs until some day, and has a description.</summary>
    public void WritePolicy(string description, string name = "release", ECDsa? key = null) => File.WriteAllText(
        System.IO.Path.Combine(Policies, $"{name}.yaml"),
        $$"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: {{name}}, description: {{description}} }
        spec:
          purpose: approval
          members:
            - publicKey: "{{Pem(key ?? _release)}}"
        """);

    /// <summary>Writes who may approve: each member as YAML, or the two managers.</summary>
    public void WriteManagers(params string[] members) => File.WriteAllText(
        Managers,
        $"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: {Brace("name: managers")}
        spec:
          purpose: policy
          members:

        """ + string.Join('\n', members.Length > 0 ? members : [Member(First), Member(Second)]));

    public static string Member(ECDsa key, string more = "") => $"    - publicKey: \"{Pem(key)}\"{more}";

    /// <summary>Approves what lies in the folder now.</summary>
    public void Approve(long version, params ECDsa[] managers) =>
        Approve(approval => approval with { Version = version }, managers);

    public void Approve(Func<PolicyApproval, PolicyApproval> change, params ECDsa[] managers)
    {
        var files = PolicyFolders.ReadAsync([Policies], default).AsTask().GetAwaiter().GetResult();
        var payload = change(new PolicyApproval
        {
            Name = "production",
            Version = 1,
            Issued = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero),
            Documents = new PolicyFolder(Policies, files, null).Documents,
        }).Write();
        var message = Sigstore.Envelope.ToBeSigned(PolicyApproval.PayloadType, payload);
        var signatures = managers.Select(manager => (ReadOnlyMemory<byte>)manager.SignData(
            message.Message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        File.WriteAllBytes(Envelope, new JointEnvelope(PolicyApproval.PayloadType, payload, [.. signatures]).Write());
    }

    public void Dispose()
    {
        _folder.Dispose();
        _release.Dispose();
        First.Dispose();
        Second.Dispose();
    }

    private static string Pem(ECDsa key) => key.ExportSubjectPublicKeyInfoPem().Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Brace(string text) => "{ " + text + " }";
}
