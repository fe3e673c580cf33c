// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Transparency;

/// <summary>A signature line of a note. What it says is unproven until a key with that name and id verifies it.</summary>
/// <param name="Name">The name of the key.</param>
/// <param name="KeyId">The id of the key: the first four bytes of a digest of it, big-endian.</param>
/// <param name="Content">The signature, in the form that the key's type has.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Content);

/// <summary>Whether <paramref name="signature"/> is one of <paramref name="text"/>, which is the note without its signature lines.</summary>
public delegate bool NoteVerification(ReadOnlyMemory<byte> text, ReadOnlyMemory<byte> signature);

/// <summary>A key that is known to whoever reads notes.</summary>
/// <param name="Name">Its name, such as a log's host.</param>
/// <param name="Id">Its id, as in <see cref="NoteSignature.KeyId"/>.</param>
/// <param name="Verify">How its signatures are verified.</param>
public sealed record NoteKey(string Name, uint Id, NoteVerification Verify);
