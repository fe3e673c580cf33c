// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Tests.Fuzzing;

/// <summary>Something that reads what comes from outside.</summary>
/// <param name="Name">How reports call it.</param>
/// <param name="Seeds">Inputs that are accepted.</param>
/// <param name="Judge">
/// Says what becomes of an input that was made of the seed at that place: <c>accepted</c>, <c>read</c>, or a reason. It throws
/// <see cref="FuzzException"/> where more was accepted than the seeds say, and lets out whatever the library throws, which is as wrong.
/// </param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Func<byte[], int, string> Judge)
{
    public override string ToString() => Name;
}

/// <summary>An input was accepted for what it does not say.</summary>
internal sealed class FuzzException(string message) : Exception(message);
