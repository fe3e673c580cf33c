// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Testing.Sigstore;

/// <summary>A service of the simulated Sigstore.</summary>
public enum SigstoreService
{
    /// <summary>A log of version 1.</summary>
    Rekor1,

    /// <summary>A log of version 2.</summary>
    Rekor2,

    /// <summary>A timestamp authority.</summary>
    Timestamps,

    /// <summary>A certificate authority with a log of certificates.</summary>
    Certificates,
}

/// <summary>What goes wrong with the requests that a simulated service gets.</summary>
public enum SigstoreFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>No answer until the client gives up.</summary>
    Hang,

    /// <summary>An internal error.</summary>
    ServerError,

    /// <summary>Too many requests, it says, and to come back in 7 s.</summary>
    Throttle,

    /// <summary>Too many requests, it says, and to come back in a week.</summary>
    ThrottleForDays,

    /// <summary>The first half of the right answer.</summary>
    Truncated,

    /// <summary>An answer that never ends.</summary>
    Endless,

    /// <summary>A redirect to another path of the same server.</summary>
    Redirect,

    /// <summary>It says that it does not know the kind of key.</summary>
    RefusesKey,

    /// <summary>The work is done, and the answer comes after the client gave up.</summary>
    LosesAnswer,

    /// <summary>The answer is by a log or authority that nobody trusts.</summary>
    OtherAuthority,

    /// <summary>It is about another signature, or another key.</summary>
    OtherSignature,

    /// <summary>It is of another signer.</summary>
    OtherSigner,

    /// <summary>It is about other content: another envelope's payload or another digest.</summary>
    OtherContent,

    /// <summary>It tells a time of an hour ago.</summary>
    OldTime,

    /// <summary>A log's promise, with one bit turned over.</summary>
    WrongPromise,

    /// <summary>A log's proof that leads to another root.</summary>
    WrongRoot,

    /// <summary>A log's proof with the checkpoint of another log.</summary>
    OtherCheckpoint,

    /// <summary>A log's entry without a proof, or a certificate without a promise.</summary>
    NoProof,

    /// <summary>The answer to another question.</summary>
    WrongNonce,

    /// <summary>An answer to no question in particular.</summary>
    NoNonce,

    /// <summary>A log's record of an artifact, with more white space behind it than an annotation may have.</summary>
    PaddedBody,

    /// <summary>A log's entry without a promise.</summary>
    NoPromise,

    /// <summary>A log says that the entry exists, and that it is somewhere else.</summary>
    ConflictElsewhere,
}
