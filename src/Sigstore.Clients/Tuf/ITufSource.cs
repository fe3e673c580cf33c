// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Clients;

/// <summary>Where files of a TUF repository come from. Nothing that it gives is believed.</summary>
public interface ITufSource
{
    /// <summary>Gets one file.</summary>
    /// <param name="path">Which.</param>
    /// <param name="most">How many bytes it may have; more are not read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<TufFetched> FetchAsync(TufPath path, int most, CancellationToken cancellationToken);
}

/// <summary>A file, or that it is not there, or why neither can be told.</summary>
public sealed record TufFetched
{
    private readonly ReasonCode _reason = ReasonCode.TrustRootUnavailable;

    private TufFetched()
    {
    }

    private TufFetched(ReasonCode reason) => _reason = reason;

    /// <summary>The source has no such file.</summary>
    public static TufFetched Absent { get; } = new();

    /// <summary>The file; null where there is none, or none was got.</summary>
    public ReadOnlyMemory<byte>? Content { get; private init; }

    /// <summary>Why it was not got; printable.</summary>
    public string? Problem { get; private init; }

    /// <summary>A file.</summary>
    public static TufFetched Found(ReadOnlyMemory<byte> content) => new() { Content = content };

    /// <summary>There is no answer.</summary>
    public static TufFetched Failed(string problem) => new() { Problem = problem };

    /// <summary>The file is longer than it may be, whatever it holds.</summary>
    public static TufFetched TooLong(TufPath path, int most)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new(ReasonCode.TrustRootInvalid) { Problem = $"{path.Served} has more bytes than expected: at most {most}" };
    }

    /// <summary>What to say where the file is needed.</summary>
    internal TufProblem Missing(string section, TufPath path) =>
        new(_reason, section, Problem ?? $"{path.Served} is not there; expected a whole repository");
}
