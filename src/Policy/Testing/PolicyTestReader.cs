// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy.Testing;

/// <summary>Reads fixtures by the rules of policies: nothing unknown, nothing twice, every problem with its place.</summary>
internal static class PolicyTestReader
{
    internal const string Kind = "PolicyTest";

    internal static PolicyTestReadResult Read(PolicyFile file)
    {
        var problems = new ProblemList(file.Path);
        var test = DocumentReader.ReadRoot(file, problems) is { } root ? Read(root) : null;
        // What is given to all cases is looked at with each of them.
        var found = problems.Problems.Distinct().OrderBy(problem => problem.Location.Line)
            .ThenBy(problem => problem.Location.Column).ToList();
        return new PolicyTestReadResult(found.Count == 0 ? test : null, found);
    }

    private static PolicyTest? Read(Field root)
    {
        if (FieldReader.Open(root) is not { } reader)
            return null;

        DocumentReader.ReadVersion(reader.Required("apiVersion"));
        var kind = Values.OneOf(reader.Required("kind"), Kind);
        var head = DocumentReader.ReadMetadata(reader.Required("metadata"), root);
        var spec = FieldReader.Open(reader.Required("spec"));
        reader.Close();
        if (kind is null || spec is null)
            return null;

        var policies = Values.Distinct(spec.Required("policies"), ReadPath);
        var given = spec.Optional("given") is { } field && FieldReader.Open(field) is { } facts
            ? ReadGiven(facts)
            : new TestFacts();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var cases = Values.List(spec.Required("cases"), item => ReadCase(item, given, names));
        spec.Close();
        return head is null || policies is null || cases is null
            ? null
            : new PolicyTest { Name = head.Name, Policies = policies, Cases = cases, Location = root.Location };
    }

    /// <summary>A path below or beside the fixture's folder; nothing else is a matter of the repository it is kept in.</summary>
    internal static string? ReadPath(Field field) => Values.Line(field) is not { } path
        ? null
        : Path.IsPathRooted(path) || path.Contains('\\', StringComparison.Ordinal)
            ? field.Error<string>($"'{Printable.Escape(path)}' is not a path from the fixture's folder, with / between its parts")
            : path;

    /// <summary>The same of a file with evidence, whose place is told where there is no such file.</summary>
    internal static TestFile? ReadFile(Field field) => ReadPath(field) is { } path ? new TestFile(path, field.Location) : null;

    private static TestFacts ReadGiven(FieldReader reader)
    {
        var facts = TestFactsReader.Read(reader);
        reader.Close();
        return facts;
    }

    private static PolicyTestCase? ReadCase(Field field, TestFacts given, HashSet<string> names)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var nameField = reader.Required("name");
        var name = Values.Line(nameField);
        if (name is not null && !names.Add(name))
            nameField!.Error($"'{Printable.Escape(name)}' is the name of two cases");

        var own = TestFactsReader.Read(reader);
        var facts = own.Over(given);
        var expected = ExpectationReader.Read(reader.Required("expect"), isSigning: facts.Workload is null);
        reader.Close();
        if (facts.Image is null)
            reader.Error("image is required, here or in given");
        if (facts.Time is null)
            reader.Error("time is required, here or in given");
        if (facts.Requester is null && facts.Workload is null)
            reader.Error("requester (to be signed) or workload (to run) is required, here or in given");
        if (facts is { Requester: not null, Image.Reference.Digest: null })
            reader.Error("image has to be named by digest to be signed");

        RefuseUseless(reader, own, facts);
        return name is null || expected is null ? null : new PolicyTestCase(name, facts, expected, field.Location);
    }

    // What nothing looks at would make a case look stronger than it is.
    private static void RefuseUseless(FieldReader reader, TestFacts own, TestFacts facts)
    {
        if (facts is { Requester: not null, Workload: null } && (own.Approvals ?? own.Signatures as object) is not null)
            reader.Error("approvals and signatures are judged before an image runs; this case asks for its signature");
        if (facts is { Workload: not null, Requester: null } && (own.Reports ?? own.Documents ?? own.ThreatData as object) is not null)
            reader.Error("reports, documents and threatData are judged before an image is signed; this case asks whether it may run");
    }
}
