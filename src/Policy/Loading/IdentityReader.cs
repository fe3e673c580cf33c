// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// Reads an <c>identity</c>: issuer and subject, each exact or as a pattern that has to match from end to end, and what else the
/// certificate has to say, character by character.
/// </summary>
internal static class IdentityReader
{
    internal static TrustedIdentity? Read(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var issuer = ReadName(reader, "issuer");
        var subject = ReadName(reader, "subject");

        // Reading goes on without a name, so that everything wrong is reported at once.
        var identity = new TrustedIdentity
        {
            Issuer = issuer ?? "?",
            Subject = subject ?? "?",
            BuildSigner = Text("buildSigner"),
            BuildSignerDigest = Text("buildSignerDigest"),
            RunnerEnvironment = Text("runnerEnvironment"),
            SourceRepository = Text("sourceRepository"),
            SourceRepositoryDigest = Text("sourceRepositoryDigest"),
            SourceRepositoryRef = Text("sourceRepositoryRef"),
            SourceRepositoryId = Text("sourceRepositoryId"),
            SourceRepositoryOwner = Text("sourceRepositoryOwner"),
            SourceRepositoryOwnerId = Text("sourceRepositoryOwnerId"),
            BuildConfig = Text("buildConfig"),
            BuildConfigDigest = Text("buildConfigDigest"),
            BuildTrigger = Text("buildTrigger"),
            SourceRepositoryVisibility = Text("sourceRepositoryVisibility"),
            DeploymentEnvironment = Text("deploymentEnvironment"),
            TokenSubject = Text("tokenSubject"),
        };
        reader.Close();
        if (issuer is null || subject is null)
            return null;

        if (issuer.MatchesStrangers)
            field!.Error("issuerPattern matches issuers of anybody, so that anybody's word counts for who somebody is");
        else if (identity.TrustsStrangers)
        {
            field!.Error(
                "subjectPattern matches everybody; name the subject, or one of sourceRepository, sourceRepositoryId, sourceRepositoryOwner, "
                + "sourceRepositoryOwnerId, buildConfig and tokenSubject");
        }

        return identity;

        string? Text(string name) => Values.Line(reader.Optional(name));
    }

    private static NameMatch? ReadName(FieldReader reader, string name)
    {
        var exact = reader.Optional(name);
        var patternField = reader.Optional(name + "Pattern");
        if (exact is not null && patternField is not null)
        {
            reader.Error($"has both {name} and {name}Pattern; expected one of them");
            return null;
        }

        if (exact is null && patternField is null)
        {
            reader.Error($"needs either {name} or {name}Pattern");
            return null;
        }

        if (Values.Line(exact) is { } text)
            return NameMatch.Exact(text);
        if (Values.Line(patternField) is not { } pattern)
            return null;

        return NameMatch.TryParsePattern(pattern, out var match, out var problem) ? match : patternField!.Error<NameMatch>(problem);
    }
}
