// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Ledger;

namespace SupplyChain.Cli.Keys.Inventory;

/// <summary>What depends on a key: the images that were signed with it, and those approved on its evidence.</summary>
/// <param name="Signed">Images that were signed with it.</param>
/// <param name="Vouched">Images that were approved on its evidence; null for a key of another purpose.</param>
internal sealed record KeyDependents(IReadOnlyList<DependentImage> Signed, VouchedImages? Vouched)
{
    /// <summary>What becomes of images that depend on a key that somebody else may have.</summary>
    public const string Remedy =
        "have each image above judged again, with new reports: supplychain attest IMAGE --report …; never just sign it anew";

    /// <summary>What is said where the ledger cannot be asked.</summary>
    public const string Unknown = "What depends on it is not known, because its public key could not be had.";

    /// <summary>Looks them up; null without a ledger, and where nobody knows which key it is.</summary>
    public static async Task<KeyDependents?> FindAsync(
        LedgerReader? ledger, KeyRecord key, CancellationToken cancellationToken) =>
        ledger is not null && key.Id is { } id
            ? new KeyDependents(await ledger.FindSignedAsync(id, cancellationToken), key.Vouched)
            : null;

    /// <summary>Whether nothing does.</summary>
    public bool IsEmpty => Signed.Count == 0 && (Vouched is null || Vouched.Named.Count + Vouched.Unnamed.Count == 0);

    /// <summary>One line that counts the images of a list, and the list.</summary>
    public void Write(Screen screen)
    {
        if (Vouched is null && Signed.Count == 0)
            screen.Line("Nothing was signed with it.");
        if (Signed.Count > 0)
            Write(screen, Signed, "depends on it", "depend on it");
        if (Vouched is not { } vouched)
            return;

        if (vouched.Named.Count > 0)
            Write(screen, vouched.Named, "was", "were", " approved on evidence that it vouched for");
        if (vouched.Unnamed.Count > 0)
            Write(screen, vouched.Unnamed, "was", "were", " approved on evidence whose key was not recorded, and may depend on it too");
        if (vouched.Named.Count + vouched.Unnamed.Count == 0)
            screen.Line("No image in this ledger was approved on evidence that it vouched for.");
    }

    /// <summary>The same as members of an object.</summary>
    public static void Write(Utf8JsonWriter json, KeyDependents? dependents)
    {
        Write(json, "images", dependents?.Signed);
        Write(json, "vouched", dependents?.Vouched?.Named);
        Write(json, "unattributed", dependents?.Vouched?.Unnamed);
    }

    private static void Write(Screen screen, IReadOnlyList<DependentImage> images, string one, string several, string how = "")
    {
        var different = images.DistinctBy(image => (image.Repository, image.Image)).Count();
        screen.Line($"{Counted.Of(different, "image")} {(different == 1 ? one : several)}{how}, by {Counted.Of(images.Count, "decision")}:");
        var table = new Columns();
        foreach (var image in images)
        {
            table.Add(
                2, $"{image.Repository}@{image.Image}", image.Request, KeyWords.Of(image.Time),
                image.IsPublished ? "published" : new Cell("not known to be published", Tone.Doubt));
        }

        table.WriteTo(screen);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<DependentImage>? images)
    {
        if (images is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (var image in images)
        {
            json.WriteStartObject();
            json.WriteString("repository", image.Repository);
            json.WriteString("digest", image.Image.ToString());
            json.WriteString("decision", image.Request);
            json.WriteString("time", image.Time);
            json.WriteBoolean("published", image.IsPublished);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
