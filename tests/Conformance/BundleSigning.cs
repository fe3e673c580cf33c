// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli;
using SupplyChain.Model;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Conformance;

/// <summary>
/// Signs a file with a key made for it, which a certificate authority names by an identity token; logs and timestamp authorities see the
/// signature. The bundle is written only if it verifies.
/// </summary>
internal sealed class BundleSigning(Surroundings surroundings)
{
    /// <summary>Signs; 0 where the bundle is written.</summary>
    public async Task<int> RunAsync(CallArguments call, CancellationToken cancellationToken)
    {
        try
        {
            if (call.Find("--identity-token") is not { } token || call.Find("--bundle") is not { } output)
                return Refuse(ExitCodes.BadInput, "--identity-token and --bundle are needed to sign");

            var (root, config) = (ReadRoot(call), ReadConfig(call));
            var content = await File.ReadAllBytesAsync(call.File, cancellationToken);
            using var http = new TransparencyHttp(surroundings.Clock);
            using var key = new EphemeralKey();
            var issued = await new CertificateClient(http, ChooseAuthority(config), root).IssueAsync(token, key, cancellationToken);
            surroundings.ErrorScreen().Line(
                $"client: certificate of {Printable.Escape(issued.Identity.Subject)}, issuer {Printable.Escape(issued.Identity.Issuer)}");
            var bundle = await SignAsync(content, call.Has("--in-toto"), key, issued.Certificate, ChooseWitness(config, http, root), cancellationToken);
            if (Explain(bundle, content, call.Has("--in-toto"), root, issued.Identity) is { } problem)
                return Refuse(ExitCodes.Refused, $"the bundle does not verify: {problem.Reason}: {problem.Message}");

            await File.WriteAllBytesAsync(output, bundle, cancellationToken);
            return ExitCodes.Done;
        }
        catch (TransparencyException fault)
        {
            return Refuse(ExitCodes.Of(fault.Reason), $"{fault.Reason}: {fault.Message}");
        }
        catch (Exception fault) when (fault is CommandFailure or IOException or UnauthorizedAccessException)
        {
            return Refuse(ExitCodes.BadInput, fault.Message);
        }
    }

    private static async Task<byte[]> SignAsync(
        byte[] content, bool isStatement, EphemeralKey key, Certificate certificate, SignatureWitness witness, CancellationToken cancellationToken)
    {
        if (isStatement)
        {
            var signature = key.Sign(Envelope.ToBeSigned(Envelope.InTotoPayloadType, content));
            var envelope = new Envelope(Envelope.InTotoPayloadType, content, signature, KeyId: "");
            return Bundle.Write(
                envelope, key.Public, await witness.WitnessAsync(LoggedSignature.Of(envelope, key.Public).With(certificate), cancellationToken));
        }

        var artifact = Digest.Compute(content);
        var signed = key.Sign(artifact);
        var material = await witness.WitnessAsync(LoggedSignature.Of(artifact, signed, key.Public).With(certificate), cancellationToken);
        return Bundle.Write(artifact, signed, key.Public, material);
    }

    private static SignatureProblem? Explain(byte[] content, byte[] signed, bool isStatement, TrustedRoot root, CertificateIdentity identity)
    {
        if (!Bundle.TryReadWithMaterial(content, out var bundle, out var problem))
            return problem;

        var artifact = Artifact.FromBytes(signed);
        if (isStatement)
        {
            if (!Statement.TryReadUnverified(signed, out var statement, out problem))
                return problem;
            artifact = (statement.Subjects[0].Sha256 ?? statement.Subjects[0].Sha512)
                ?? throw CommandFailure.BadInput("the statement's first subject has neither a sha256 nor a sha512 digest");
        }

        return BundleVerifier.TryVerify(bundle, artifact, new BundleTrust
        {
            Root = root,
            Logs = 1,
            Times = 1,
            CertificateLogs = 1,
            Identities = [new TrustedIdentity { Issuer = identity.Issuer ?? "none", Subject = identity.Subject }],
        }, out _, out problem) ? null : problem;
    }

    private SigningService ChooseAuthority(SigningConfig config) =>
        config.TryChooseCertificateAuthority(surroundings.Clock.GetUtcNow(), out var chosen, out var problem) ? chosen : throw CommandFailure.BadInput(problem);

    private SignatureWitness ChooseWitness(SigningConfig config, TransparencyHttp http, TrustedRoot root)
    {
        var now = surroundings.Clock.GetUtcNow();
        if (!config.TryChooseLogs(now, SigningConfig.LogVersions, out var logs, out var problem))
            throw CommandFailure.BadInput(problem);

        // A log of version 1 tells the time itself; the others need somebody who does.
        IReadOnlyList<SigningService>? authorities = [];
        if ((config.TimestampAuthorities.Count > 0 || logs.All(log => log.MajorVersion > 1))
            && !config.TryChooseTimestampAuthorities(now, out authorities, out problem))
        {
            throw CommandFailure.BadInput(problem);
        }

        return new SignatureWitness(
            [.. logs.Select(log => new LogClient(http, log, root))], [.. authorities.Select(authority => new TimestampClient(http, authority, root))], root);
    }

    private static TrustedRoot ReadRoot(CallArguments call)
    {
        if (call.Find("--trusted-root") is not { } file)
            return PublicGoodRoot.Root;

        return TrustedRoot.TryRead(SmallFile.Read(file, Limits.TrustedRootBytes, "trust root"), out var root, out var problem)
            ? root
            : throw CommandFailure.BadInput($"the trust root '{file}' cannot be used: {problem}");
    }

    private static SigningConfig ReadConfig(CallArguments call)
    {
        if (call.Find("--signing-config") is not { } file)
            throw CommandFailure.BadInput("no signing configuration is embedded; give --signing-config");

        return SigningConfig.TryRead(SmallFile.Read(file, Limits.TrustedRootBytes, "signing configuration"), out var config, out var problem)
            ? config
            : throw CommandFailure.BadInput($"the signing configuration '{file}' cannot be used: {problem}");
    }

    private int Refuse(int exitCode, string problem)
    {
        surroundings.ErrorScreen().Line($"client: {problem}");
        return exitCode;
    }
}
