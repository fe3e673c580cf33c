// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Testing;
using SupplyChain.Transparency;

namespace SupplyChain.Sigstore.Tests.Logs;

public sealed class NoteKeysTests
{
    // The key of the public Rekor v2 log of 2025, and of Rekor v1, as their trust root names them.
    private const string Rekor2 = "MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=";
    private const string Rekor2Id = "zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A=";

    [Fact]
    public void The_id_of_a_log_with_an_Ed25519_key_is_of_name_and_key()
    {
        Assert.Equal(FirstOf(Rekor2Id), NoteKeys.OfLog("log2025-1.rekor.sigstore.dev", Key(Rekor2)).Id);
        Assert.NotEqual(FirstOf(Rekor2Id), NoteKeys.OfLog("log2025-2.rekor.sigstore.dev", Key(Rekor2)).Id);
    }

    [Theory]
    [InlineData(SigningAlgorithm.EcdsaP256Sha256), InlineData(SigningAlgorithm.EcdsaP384Sha384), InlineData(SigningAlgorithm.RsaPkcs1Sha256)]
    [InlineData(SigningAlgorithm.Ed25519)]
    public void A_log_signs_with_any_key(SigningAlgorithm algorithm)
    {
        var signer = TestSigner.Of(algorithm);
        var key = NoteKeys.OfLog("log.example", signer.Key);
        var text = "example.com/log\n1\n"u8.ToArray();
        var signature = signer.Sign(new ToBeSigned([], text));

        Assert.True(key.Verify(text, signature));
        Assert.False(key.Verify("example.com/log\n2\n"u8.ToArray(), signature));
        Assert.False(NoteKeys.OfLog("log.example", TestSigner.OtherP256.Key).Verify(text, signature));
    }

    [Fact]
    public void A_cosignature_is_of_the_time_too()
    {
        var vkey = WitnessKey(out var signer);
        Assert.True(NoteKeys.TryParse(vkey, out var witness, out var problem), problem);
        var text = "example.com/log\n1\n"u8.ToArray();
        byte[] time = [0, 0, 0, 0, 0x65, 0, 0, 1];
        byte[] signature = [.. time, .. signer.Sign(new ToBeSigned(Encoding.ASCII.GetBytes("cosignature/v1\ntime 1694498817\n"), text))];

        Assert.True(witness.Verify(text, signature));
        signature[7]++;
        Assert.False(witness.Verify(text, signature));
        Assert.False(witness.Verify(text, signature.AsMemory(0, 8)));
        Assert.False(witness.Verify(text, ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void Notes_of_others_verify_as_they_say()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("vectors/transparency/note/golang-mod-note.json")));
        Assert.All(document.RootElement.GetProperty("notes").EnumerateArray(), vector =>
        {
            var id = vector.GetProperty("id").GetString();
            var keys = vector.GetProperty("vkeys").EnumerateArray().Select(text => Parse(text.GetString()!)).ToList();
            var content = vector.TryGetProperty("noteB64", out var encoded)
                ? encoded.GetBytesFromBase64()
                : Encoding.UTF8.GetBytes(vector.GetProperty("note").GetString()!);

            IReadOnlyList<NoteKey>? signers = null;
            var isValid = SignedNote.TryRead(content, out var note, out var problem) && note.TryVerify(keys, out signers, out problem);

            Assert.True(isValid == (vector.GetProperty("expect").GetString() == "valid"), $"{id}: {problem}");
            if (isValid && vector.TryGetProperty("verified", out var verified) && verified.ValueKind == JsonValueKind.Array)
                Assert.Equal(verified.EnumerateArray().Select(name => name.GetString()), signers!.Select(key => key.Name));
        });
    }

    [Fact]
    public void Examples_of_the_specification_are_notes()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("vectors/transparency/note/c2sp-examples.json")));
        Assert.All(document.RootElement.GetProperty("cases").EnumerateArray(), vector =>
        {
            var content = Encoding.UTF8.GetBytes(vector.GetProperty("note").GetString()!);
            Assert.True(SignedNote.TryRead(content, out var note, out var problem), problem);
            if (vector.GetProperty("vkey").GetString() is { } vkey)
                Assert.True(note.TryVerify([Parse(vkey)], out _, out problem), problem);
        });
    }

    [Fact]
    public void The_checkpoint_of_a_public_log_verifies_for_its_own_origin_alone()
    {
        using var document = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/transparency/checkpoint/formats-checkpoint-rules.json")));
        var sumdb = document.RootElement.GetProperty("sumdb");
        Assert.True(SignedNote.TryRead(Encoding.UTF8.GetBytes(sumdb.GetProperty("note").GetString()!), out var note, out var problem), problem);
        var key = Parse(sumdb.GetProperty("vkey").GetString()!);

        Assert.True(Checkpoint.TryVerify(note, "go.sum database tree", [key], out var checkpoint, out problem), problem);
        Assert.Equal(6476701UL, checkpoint.Size);
        Assert.False(Checkpoint.TryVerify(note, "Go rocks but I might have the wrong ID", [key], out _, out problem));
        Assert.Contains("expected 'Go rocks but I might have the wrong ID'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verifier_key_with_anything_changed_is_none()
    {
        var good = WitnessKey(out _);
        Assert.True(NoteKeys.TryParse(good, out _, out _));

        for (var length = 0; length < good.Length; length++)
            Assert.False(NoteKeys.TryParse(good[..length], out _, out _), good[..length]);
        for (var i = 0; i < good.Length; i++)
        {
            var changed = good[..i] + (char)(good[i] + 1) + good[(i + 1)..];
            Assert.False(NoteKeys.TryParse(changed, out _, out var problem), changed);
            Assert.Matches("is not a verifier key; expected NAME|by its content; found", problem);
        }
    }

    private static string WitnessKey(out TestSigner signer)
    {
        signer = TestSigner.Of(SigningAlgorithm.Ed25519);
        byte[] typed = [4, .. signer.Key.Spki.Span[^32..]];
        var id = System.Security.Cryptography.SHA256.HashData([.. Encoding.ASCII.GetBytes("witness.example\n"), .. typed]);
        return $"witness.example+{Convert.ToHexStringLower(id.AsSpan(0, 4))}+{Convert.ToBase64String(typed)}";
    }

    private static NoteKey Parse(string vkey)
    {
        Assert.True(NoteKeys.TryParse(vkey, out var key, out var problem), problem);
        return key;
    }

    private static PublicKey Key(string spki)
    {
        Assert.True(PublicKey.TryReadSpki(Convert.FromBase64String(spki), out var key, out var problem), problem);
        return key;
    }

    private static uint FirstOf(string id) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Convert.FromBase64String(id));
}
