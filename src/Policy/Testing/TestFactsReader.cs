// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy.Testing;

/// <summary>Reads what is put before policies.</summary>
internal static class TestFactsReader
{
    internal static TestFacts Read(FieldReader reader)
    {
        var requesterField = reader.Optional("requester");
        var workloadField = reader.Optional("workload");
        if (requesterField is not null)
            workloadField?.Error("a case is about one gate: requester asks for a signature, workload is to run");

        return new TestFacts
        {
            Policy = Values.Name(reader.Optional("policy")),
            Image = TestImageReader.Read(reader.Optional("image")),
            Requester = ReadRequester(requesterField),
            Workload = ReadWorkload(workloadField),
            Time = ReadTime(reader.Optional("time")),
            Reports = Several(reader.Optional("reports"), ReadReport),
            Documents = Several(reader.Optional("documents"), ReadDocument),
            Attestations = Several(reader.Optional("attestations"), ReadAttestation),
            Approvals = Several(reader.Optional("approvals"), ReadApproval),
            Signatures = Several(reader.Optional("signatures"), ReadSignature),
            BaseImages = Several(reader.Optional("baseImages"), ReadBaseImage),
            ThreatData = ReadThreatData(reader.Optional("threatData")),
        };
    }

    /// <summary>A moment; a day would leave open which.</summary>
    internal static DateTimeOffset? ReadTime(Field? field) => Values.Line(field) is not { } text
        ? null
        : Times.TryParse(text, out var time)
            ? time
            : field!.Error<DateTimeOffset?>($"'{Printable.Escape(text)}' is not a time with a zone such as 2026-11-22T10:00:00Z");

    // A case takes back what is given to all by saying none.
    private static IReadOnlyList<T>? Several<T>(Field? field, Func<Field, T?> read)
        where T : class => field?.Node is YamlScalar { Text: "none" } ? [] : Values.List(field, read);

    private static TestImage? ReadBaseImage(Field field)
    {
        var image = TestImageReader.Read(field);
        if (image is { Platforms.Count: 0 })
            field.Error("a base image needs platforms, with the layers of their configurations");
        return image;
    }

    private static Requester? ReadRequester(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var issuer = Values.Line(reader.Required("issuer"));
        var subject = Values.Line(reader.Optional("subject"));
        var claimsField = reader.Optional("claims");
        var claims = Texts(claimsField);
        RefuseClaim(claimsField, claims, "sub", "subject");
        RefuseClaim(claimsField, claims, "iss", "issuer");
        reader.Close();
        return issuer is null ? null : new Requester(issuer, subject ?? "policy-test", claims);
    }

    // Those two are members of their own, and as claims match nothing.
    private static void RefuseClaim(Field? field, Dictionary<string, string> claims, string claim, string member)
    {
        if (claims.ContainsKey(claim))
            field!.Error($"{claim} does not stand among the claims; write {member}: beside them");
    }

    /// <summary>Texts under names that the fixture chooses.</summary>
    internal static Dictionary<string, string> Texts(Field? field)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (field is null)
            return texts;
        if (field.Node is not YamlMapping mapping)
        {
            field.Error($"expected a mapping, found {field.Node.Kind}");
            return texts;
        }

        foreach (var member in mapping.Members)
        {
            if (Values.Text(field with { Node = member.Value, Path = $"{field.Path}.{Printable.Escape(member.Name)}" }) is { } value)
                texts.Add(member.Name, value);
        }

        return texts;
    }

    private static WorkloadContext? ReadWorkload(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var workload = new WorkloadContext(
            Values.PlainName(reader.Optional("cluster")), Values.Name(reader.Optional("namespace")),
            Values.DottedName(reader.Optional("serviceAccount")), Values.DottedName(reader.Optional("node")));
        reader.Close();
        return workload;
    }

    private static TestReport? ReadReport(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var file = ReadFile(reader, "file");
        var isAttested = Values.Word(reader.Required("source"), ("attested", true), ("submitted", false));
        var isSigned = IsSignerNamed(reader);
        var signer = isAttested == true ? ReadSigner(reader) : null;
        var timeField = reader.Optional("time");
        var time = ReadTime(timeField);
        reader.Close();
        if (isAttested == false && (isSigned || timeField is not null))
            reader.Error("nobody signs a submitted report, and there is no envelope around it; say source: attested");

        return file is null || isAttested is null || (isAttested.Value && signer is null) ? null : new TestReport(file, signer, time);
    }

    private static TestDocument? ReadDocument(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var kind = Values.Word(
            reader.Required("part"), ("sbom", DocumentKind.Sbom), ("provenance", DocumentKind.Provenance), ("attestation", DocumentKind.Attestation));
        var file = ReadFile(reader, "file");
        reader.Close();
        return kind is null || file is null ? null : new TestDocument(kind.Value, file);
    }

    private static TestAttestation? ReadAttestation(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var type = Values.Line(reader.Required("type"));
        var file = ReadFile(reader, "predicate");
        var signer = ReadSigner(reader);
        var platform = TestImageReader.ReadPlatform(reader.Optional("platform"));
        reader.Close();
        return type is null || file is null || signer is null ? null : new TestAttestation(type, file, signer, platform);
    }

    private static TestApproval? ReadApproval(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var signer = ReadSigner(reader);
        var time = ReadTime(reader.Required("time"));
        var end = ReadTime(reader.Optional("validUntil"));
        var repository = ReadRepository(reader.Optional("repository"));
        var isPassed = Values.Word(reader.Optional("result"), ("PASSED", true), ("FAILED", false)) ?? true;
        reader.Close();
        return signer is null || time is null ? null : new TestApproval(signer, time.Value, end, repository, isPassed);
    }

    private static TestSignature? ReadSignature(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var signer = ReadSigner(reader);
        var repository = ReadRepository(reader.Optional("repository"));
        reader.Close();
        return signer is null ? null : new TestSignature(signer, repository);
    }

    private static TestThreatData? ReadThreatData(Field? field)
    {
        if (field?.Node is YamlScalar { Text: "none" })
            return new TestThreatData(null, null);
        if (FieldReader.Open(field) is not { } reader)
            return null;
        if (reader.IsEmpty)
            reader.Error("names no file");

        var exploited = reader.Optional("knownExploited") is { } catalog ? PolicyTestReader.ReadFile(catalog) : null;
        var epss = reader.Optional("epss") is { } scores ? PolicyTestReader.ReadFile(scores) : null;
        reader.Close();
        return new TestThreatData(exploited, epss);
    }

    private static TestSigner? ReadSigner(FieldReader reader)
    {
        var attestorField = reader.Optional("attestor");
        var attestor = Values.Name(attestorField);
        var strangerField = reader.Optional("stranger");
        var isStranger = Values.Truth(strangerField);
        if ((attestorField is null) == (isStranger != true))
            reader.Error("say who signs: attestor: and its name, or stranger: true for a key that no policy knows");

        return attestor is null && isStranger != true ? null : new TestSigner(attestor, (attestorField ?? strangerField)!.Location);
    }

    private static bool IsSignerNamed(FieldReader reader) =>
        reader.Optional("attestor") is not null || reader.Optional("stranger") is not null;

    private static TestFile? ReadFile(FieldReader reader, string name) =>
        reader.Required(name) is { } field ? PolicyTestReader.ReadFile(field) : null;

    private static Repository? ReadRepository(Field? field) => Values.Line(field) is not { } text
        ? null
        : Repository.TryParse(text, out var repository, out var problem) ? repository : field!.Error<Repository>(problem);
}
