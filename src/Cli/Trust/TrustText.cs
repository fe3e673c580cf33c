// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Trust;

/// <summary>A trust root, for people.</summary>
internal static class TrustText
{
    public static void Write(Screen screen, TrustView view)
    {
        screen.Write("Trust root  ").Line(Digest.Compute(view.Document.Span).ToString(), Tone.Strong);
        if (view.IsBuiltIn)
            screen.Line("            Sigstore's public-good instance, as it was when this program was built", Tone.Faint);

        var table = new Columns();
        foreach (var metadata in view.Metadata)
        {
            table.Add(
                2, metadata.Role.Name(), string.Create(CultureInfo.InvariantCulture, $"version {metadata.Version}"),
                $"until {PolicyTime.Show(metadata.Expires)}");
        }

        table.WriteTo(screen);
        WriteLogs(screen, "Logs of signatures", view.Root.Logs);
        WriteLogs(screen, "Logs of certificates", view.Root.CertificateLogs);
        WriteAuthorities(screen, "Certificate authorities", view.Root.CertificateAuthorities);
        WriteAuthorities(screen, "Timestamp authorities", view.Root.TimestampAuthorities);
    }

    private static void WriteLogs(Screen screen, string head, IReadOnlyList<TrustedLog> logs)
    {
        screen.Line().Line(head, Tone.Strong);
        if (logs.Count == 0)
        {
            screen.Line("  none", Tone.Faint);
            return;
        }

        var table = Headed("address", "operator", "algorithm", "trusted from");
        foreach (var log in logs)
            table.Add(2, log.BaseUrl, log.Operator ?? "-", log.Key.Algorithm.Name(), log.ValidFor.ToString());
        table.WriteTo(screen);
    }

    private static void WriteAuthorities(Screen screen, string head, IReadOnlyList<TrustedAuthority> authorities)
    {
        screen.Line().Line(head, Tone.Strong);
        if (authorities.Count == 0)
        {
            screen.Line("  none", Tone.Faint);
            return;
        }

        var table = Headed("address", "operator", "chain", "trusted from");
        foreach (var authority in authorities)
        {
            table.Add(
                2, authority.Uri ?? "-", authority.Operator ?? "-", Counted.Of(authority.Certificates.Count, "certificate"),
                authority.ValidFor.ToString());
        }

        table.WriteTo(screen);
    }

    private static Columns Headed(params string[] names)
    {
        var table = new Columns();
        table.Add(2, [.. names.Select(static name => new Cell(name, Tone.Faint))]);
        return table;
    }
}
