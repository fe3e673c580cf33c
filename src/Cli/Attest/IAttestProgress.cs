// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Cli.Attest;

/// <summary>Told what a request is doing; a terminal or a log stands behind it.</summary>
internal interface IAttestProgress
{
    /// <summary>A try begins; its reports have that many bytes.</summary>
    void Sending(long total);

    /// <summary>That many more bytes of reports went out.</summary>
    void Sent(long count);

    /// <summary>The attestor asked to come back later.</summary>
    void Waiting(string why, TimeSpan wait);
}
