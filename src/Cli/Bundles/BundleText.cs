// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Rendering;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Bundles;

/// <summary>What a bundle shows, for people.</summary>
internal static class BundleText
{
    public static void Write(Screen screen, Artifact artifact, VerifiedMaterial verified)
    {
        screen.Write("VERIFIED", Tone.Good).Write("  ").Line(artifact.ToString(), Tone.Strong);
        var table = new Columns();
        if (verified.Identity is { } identity)
        {
            foreach (var (label, _, value) in SignerFacts.Of(identity))
                Add(table, label, value);
        }
        else
        {
            Add(table, "Signed by", verified.Key.ToString());
        }

        if (verified.Certificate is { } certificate)
            Add(table, "Certificate", certificate.Id.ToString(), $"{PolicyTime.Show(certificate.NotBefore)} to {PolicyTime.Show(certificate.NotAfter)}");
        foreach (var log in verified.CertificateLogs)
            Add(table, "Certificate log", log.BaseUrl);
        if (verified.Statement is { } statement)
            Add(table, "Says", statement.PredicateType);
        foreach (var entry in verified.LogEntries)
        {
            Add(
                table, "Log", entry.Log.Host, entry.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"index {index}") : "index not proven",
                entry.Time is { } time ? PolicyTime.Show(time) : "time not told");
        }

        foreach (var timestamp in verified.Timestamps)
            Add(table, "Timestamp", SignerFacts.NameOf(timestamp.Authority), PolicyTime.Show(timestamp.Time));
        table.WriteTo(screen);
    }

    public static void Write(Screen screen, Artifact artifact, SignatureProblem problem)
    {
        screen.Write("NOT VERIFIED", Tone.Bad).Write("  ").Line(artifact.ToString(), Tone.Strong).Line($"  {problem.Message}  {problem.Reason}");
        if (problem.Expected is not null)
            screen.Line($"  expected {problem.Expected}");
        if (problem.Actual is not null)
            screen.Line($"  found    {problem.Actual}");
    }

    private static void Add(Columns table, string label, params string[] values) =>
        table.Add(2, [new Cell(label, Tone.Faint), .. values.Select(value => new Cell(value))]);
}
