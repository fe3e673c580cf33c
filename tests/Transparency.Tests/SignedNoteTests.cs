// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace SupplyChain.Transparency.Tests;

public sealed class SignedNoteTests
{
    // Keys of these tests sign with their name, so that what is signed can be read.
    private const string Note = "example.com/log\n5\n\nmore\n\n— log.example AAAAAWxvZw==\n— witness.example AAAAAncx\n";

    private static readonly NoteKey Log = new("log.example", 1, (_, signature) => Encoding.ASCII.GetString(signature.Span) == "log");

    private static readonly NoteKey Witness = new("witness.example", 2, (_, signature) => Encoding.ASCII.GetString(signature.Span) == "w1");

    [Fact]
    public void Text_ends_at_the_last_empty_line()
    {
        var note = Read(Note);

        Assert.Equal("example.com/log\n5\n\nmore\n", Encoding.UTF8.GetString(note.Text.Span));
        Assert.Equal([("log.example", 1U), ("witness.example", 2U)], note.Signatures.Select(signature => (signature.Name, signature.KeyId)));
        Assert.Equal("log", Encoding.ASCII.GetString(note.Signatures[0].Content.Span));
    }

    [Fact]
    public void Known_keys_sign_and_unknown_ones_are_left_alone()
    {
        Assert.True(Read(Note).TryVerify([Log], out var signers, out var problem), problem);
        Assert.Equal([Log], signers);

        Assert.True(Read(Note).TryVerify([Witness, Log], out signers, out problem), problem);
        Assert.Equal([Witness, Log], signers);
    }

    [Fact]
    public void A_key_that_signed_twice_signed_once()
    {
        Assert.True(Read(Note + "— log.example AAAAAWxvZw==\n").TryVerify([Log], out var signers, out var problem), problem);
        Assert.Equal([Log], signers);
    }

    [Fact]
    public void A_signature_that_claims_a_known_key_falsely_spoils_the_note()
    {
        var note = Read(Note + "— log.example AAAAAWxpZQ==\n");

        Assert.False(note.TryVerify([Log, Witness], out _, out var problem));
        Assert.Equal("the signature of log.example+00000001 is not by that key, or not of this text", problem);
    }

    [Fact]
    public void A_key_is_known_by_name_and_id_together()
    {
        Assert.False(Read(Note).TryVerify([Log with { Id = 3 }], out _, out var problem));
        Assert.Equal("none of the 2 signatures is by a known key; expected one by log.example+00000003, found log.example+00000001, witness.example+00000002", problem);

        Assert.False(Read(Note).TryVerify([Log with { Name = "log.example.org" }], out _, out problem));
        Assert.StartsWith("none of the 2 signatures is by a known key", problem, StringComparison.Ordinal);

        Assert.False(Read(Note).TryVerify([], out _, out problem));
        Assert.Contains("expected one by nobody", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_known_keys_of_one_name_and_id_are_one_too_many()
    {
        Assert.False(Read(Note).TryVerify([Log, Log with { Verify = (_, _) => true }], out _, out var problem));
        Assert.Equal("2 known keys are named log.example+00000001, so that nobody can tell whose signature it is", problem);

        Assert.True(Read(Note).TryVerify([Log, Log with { Name = "other" }, Log with { Name = "other" }], out _, out problem), problem);
    }

    public static TheoryData<string, string> Malformed => new()
    {
        { "", "a note ends with a line feed" },
        { "text", "a note ends with a line feed" },
        { "text\n", "there is no text, or no empty line below it" },
        { "\n\n— log.example AAAAAWxvZw==\n", "there is no text, or no empty line below it" },
        { "text\n\n", "there is no signature line below the note's text" },
        { "text\n\n— log.example AAAAAWxvZw==", "a note ends with a line feed" },
        { "text\n\n— log.example AAAAAWxvZw==\r\n", "no control characters but line feeds, found 0x0d" },
        { "te\u0001xt\n\n— log.example AAAAAWxvZw==\n", "no control characters but line feeds, found 0x01" },
        { "text\n\n- log.example AAAAAWxvZw==\n", "signature line 1 is '- log.example AAAAAWxvZw=='" },
        { "text\n\n—log.example AAAAAWxvZw==\n", "signature line 1 is " },
        { "text\n\n— log example AAAAAWxvZw==\n", "signature line 1 is " },
        { "text\n\n— log+example AAAAAWxvZw==\n", "signature line 1 is " },
        { "text\n\n— log\u00a0example AAAAAWxvZw==\n", "signature line 1 is " },
        { "text\n\n—  AAAAAWxvZw==\n", "signature line 1 is " },
        { "text\n\n— log.example AAAAAQ==\n", "signature line 1 is " },
        { "text\n\n— log.example AAAAAWxvZw\n", "signature line 1 is " },
        { "text\n\n— log.example AAAAAWxvZx==\n", "signature line 1 is " },
        { "text\n\n— log.example AAAAAWxvZw==\nmore\n", "signature line 2 is 'more'" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Says_what_is_wrong_with_a_note(string text, string expected)
    {
        Assert.False(SignedNote.TryRead(Encoding.UTF8.GetBytes(text), out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_UTF_8_is_refused()
    {
        Assert.False(SignedNote.TryRead((byte[])[0xff, .. Encoding.UTF8.GetBytes(Note)], out _, out var problem));
        Assert.Equal("a note is UTF-8, and this is not", problem);
    }

    [Fact]
    public void More_bytes_or_signatures_than_a_note_has_are_refused()
    {
        var lines = string.Concat(Enumerable.Repeat("— log.example AAAAAWxvZw==\n", Model.Limits.NoteSignatures - 2));
        Assert.Equal(Model.Limits.NoteSignatures, Read(Note + lines).Signatures.Count);

        Assert.False(SignedNote.TryRead(Encoding.UTF8.GetBytes(Note + lines + "— log.example AAAAAWxvZw==\n"), out _, out var problem));
        Assert.Equal("a note has at most 100 signatures", problem);

        Assert.False(SignedNote.TryRead(Encoding.UTF8.GetBytes(new string('x', Model.Limits.NoteBytes) + Note), out _, out problem));
        Assert.StartsWith("a note has at most 65536 bytes, found ", problem, StringComparison.Ordinal);
    }

    private static SignedNote Read(string text)
    {
        Assert.True(SignedNote.TryRead(Encoding.UTF8.GetBytes(text), out var note, out var problem), problem);
        return note;
    }
}
