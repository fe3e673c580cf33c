// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>What every document has around its spec.</summary>
/// <param name="Name">metadata.name.</param>
/// <param name="Description">metadata.description.</param>
/// <param name="Revision">The SHA-256 of the canonical form.</param>
/// <param name="Location">Where the document starts.</param>
internal sealed record DocumentHead(string Name, string? Description, Digest Revision, SourceLocation Location);

/// <summary>One document that could be read.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Head">What it has around its spec.</param>
/// <param name="Content">What it says: the definition or policy of that kind.</param>
internal sealed record PolicyDocument(string Kind, DocumentHead Head, object Content)
{
    /// <summary>The file it was read from.</summary>
    internal PolicyFile? File { get; init; }
}

/// <summary>Reads one file: bytes to nodes, nodes to a typed document.</summary>
internal static class DocumentReader
{
    private const string ApiVersion = "supplychain/v1";

    private static readonly (string Word, Func<Field?, DocumentHead, object?> Read)[] Kinds =
    [
        ("Attestor", AttestorReader.Read),
        ("TrustRoot", TrustRootReader.Read),
        ("SigningPolicy", SigningPolicyReader.Read),
        ("AdmissionPolicy", AdmissionPolicyReader.Read),
    ];

    internal static PolicyDocument? Read(PolicyFile file, ProblemList problems)
    {
        var document = ReadRoot(file, problems) is { } root ? Read(root) : null;
        return problems.Problems.Count == 0 && document is not null ? document with { File = file } : null;
    }

    /// <summary>The one document of a file, as nodes; reports and gives nothing if it is none.</summary>
    internal static Field? ReadRoot(PolicyFile file, ProblemList problems)
    {
        var isJson = file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        var isRead = isJson
            ? JsonTree.TryRead(file.Content, out var root, out var problem)
            : StrictYaml.TryRead(file.Content, out root, out problem);
        if (isRead)
            return new Field(root!, "", problems);

        problems.Error(problem!.Start, "", problem.Message);
        return null;
    }

    private static PolicyDocument? Read(Field root)
    {
        if (FieldReader.Open(root) is not { } reader)
            return null;

        ReadVersion(reader.Required("apiVersion"));
        var kind = ReadKind(reader.Required("kind"));
        var head = ReadMetadata(reader.Required("metadata"), root);
        var spec = reader.Required("spec");
        reader.Close();
        if (kind is not { } found)
            return null;

        // Reading goes on without a name, so that everything wrong is reported at once.
        head ??= new DocumentHead("?", null, CanonicalForm.RevisionOf(root.Node), root.Location);
        var (word, read) = Kinds[found];
        return read(spec, head) is { } content ? new PolicyDocument(word, head, content) : null;
    }

    internal static void ReadVersion(Field? field)
    {
        if (Values.Line(field) is { } version && !string.Equals(version, ApiVersion, StringComparison.Ordinal))
            field!.Error($"'{Printable.Escape(version)}' is not {ApiVersion}");
    }

    private static int? ReadKind(Field? field)
    {
        if (Values.Line(field) is not { } kind)
            return null;
        if (kind is Testing.PolicyTestReader.Kind)
            return field!.Error<int?>("a PolicyTest is no policy; keep it outside the folder of policies, for supplychain policy test");

        var found = Array.FindIndex(Kinds, known => string.Equals(known.Word, kind, StringComparison.Ordinal));
        return found >= 0
            ? found
            : field!.Error<int?>($"'{Printable.Escape(kind)}' is not a kind; {Suggestion.For(kind, Kinds.Select(known => known.Word))}");
    }

    internal static DocumentHead? ReadMetadata(Field? field, Field root)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var name = Values.Name(reader.Required("name"));
        var description = Values.Text(reader.Optional("description"));
        reader.Close();
        return name is null
            ? null
            : new DocumentHead(name, description, CanonicalForm.RevisionOf(root.Node), root.Location);
    }
}
