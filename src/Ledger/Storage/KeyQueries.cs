// SPDX-License-Identifier: Apache-2.0

using Microsoft.Data.Sqlite;
using SupplyChain.Model;

namespace SupplyChain.Ledger.Storage;

/// <summary>What is asked of the chain about keys: which they were, and what depends on them.</summary>
internal static class KeyQueries
{
    /// <summary>The key that was pinned last under a URI; null if none was.</summary>
    internal static PinnedKey? FindKey(SqliteConnection connection, string uri) => ReadKeys(
        connection, "SELECT body, time FROM entries WHERE kind = 'key' AND key_uri = $0 ORDER BY sequence DESC LIMIT 1", uri)
        .FirstOrDefault();

    internal static List<PinnedKey> FindKeys(SqliteConnection connection) =>
        ReadKeys(connection, "SELECT body, time FROM entries WHERE kind = 'key' ORDER BY sequence");

    internal static KeyUse? FindKeyUse(SqliteConnection connection, Digest publicKey)
    {
        using var command = connection.Command(
            """
            SELECT count(DISTINCT subject), min(time), max(time) FROM entries WHERE kind = 'signature' AND public_key = $0
            """,
            publicKey.ToString());
        using var row = command.ExecuteReader();
        return row.Read() && row.GetInt32(0) is > 0 and var images
            ? new KeyUse(
                images, DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)))
            : null;
    }

    internal static List<Digest> FindSigners(SqliteConnection connection, string request)
    {
        using var command = connection.Command(
            "SELECT DISTINCT public_key FROM entries WHERE request = $0 AND kind = 'signature'", request);
        using var row = command.ExecuteReader();
        var keys = new List<Digest>();
        while (row.Read())
            keys.Add(Digest.Parse(row.GetString(0)));
        return keys;
    }

    internal static List<DependentImage> FindSigned(SqliteConnection connection, Digest publicKey)
    {
        using var command = connection.Command(
            """
            SELECT
              (SELECT repository FROM entries AS intent WHERE intent.request = made.request AND intent.kind = 'intent' LIMIT 1),
              subject, request, min(time),
              EXISTS (SELECT 1 FROM entries AS finish WHERE finish.request = made.request AND finish.kind = 'completion')
            FROM entries AS made WHERE kind = 'signature' AND public_key = $0
            GROUP BY request, subject ORDER BY min(sequence)
            """,
            publicKey.ToString());
        return [.. ReadImages(command, _ => true).Select(found => found.Image)];
    }

    /// <summary>
    /// Every image that was approved on evidence by a key, and every one on evidence by a key that its record does not name. What was
    /// refused in the end had nothing signed.
    /// </summary>
    internal static VouchedImages FindVouched(SqliteConnection connection, Digest publicKey)
    {
        using var command = connection.Command(
            """
            SELECT
              made.repository, made.image, made.request, min(made.time),
              EXISTS (SELECT 1 FROM entries AS finish WHERE finish.request = made.request AND finish.kind = 'completion'),
              max(line.value ->> '$.signedBy' IS NOT NULL)
            FROM entries AS made, json_each(made.body, '$.decision.evidence') AS line
            WHERE made.kind = 'intent' AND line.value ->> '$.used' AND line.value ->> '$.source' = 'attested'
              AND coalesce(line.value ->> '$.signedBy', $0) = $0
              AND NOT EXISTS (SELECT 1 FROM entries AS no WHERE no.request = made.request AND no.kind = 'refusal')
            GROUP BY made.request ORDER BY min(made.sequence)
            """,
            publicKey.ToString());
        var found = ReadImages(command, row => row.GetBoolean(5));
        return new VouchedImages(
            [.. found.Where(image => image.IsNamed).Select(image => image.Image)],
            [.. found.Where(image => !image.IsNamed).Select(image => image.Image)]);
    }

    private static List<PinnedKey> ReadKeys(SqliteConnection connection, string query, params object[] values)
    {
        using var command = connection.Command(query, values);
        using var row = command.ExecuteReader();
        var keys = new List<PinnedKey>();
        while (row.Read())
            keys.Add(EntryBody.ReadKey(LedgerQueries.ReadBody(row, 0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))));
        return keys;
    }

    private static List<(DependentImage Image, bool IsNamed)> ReadImages(SqliteCommand command, Func<SqliteDataReader, bool> isNamed)
    {
        using var row = command.ExecuteReader();
        var images = new List<(DependentImage, bool)>();
        while (row.Read())
        {
            var image = new DependentImage(
                row.GetString(0), Digest.Parse(row.GetString(1)), row.GetString(2),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)), row.GetBoolean(4));
            images.Add((image, isNamed(row)));
        }

        return images;
    }
}
