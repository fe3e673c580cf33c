// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;

namespace SupplyChain.Testing.Kms;

/// <summary>What goes wrong with the requests that a simulated key service gets; logins go on as before.</summary>
public enum KmsFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Too many requests, it says.</summary>
    Throttle,

    /// <summary>An internal error.</summary>
    ServerError,

    /// <summary>No answer until the client gives up.</summary>
    Hang,

    /// <summary>The right answer after one second.</summary>
    Slow,

    /// <summary>A signature by another key of the same kind.</summary>
    WrongKey,

    /// <summary>The right signature with one bit turned over.</summary>
    FlippedBit,

    /// <summary>An ECDSA signature in the form that the service does not promise.</summary>
    P1363InsteadOfDer,

    /// <summary>An RSA signature with the padding that was not asked for: PKCS#1 for PSS and the other way round.</summary>
    OtherPadding,

    /// <summary>The key version is disabled.</summary>
    Disabled,

    /// <summary>The caller may not do that.</summary>
    PermissionDenied,

    /// <summary>The work is done and counted, and the answer comes after the client gave up.</summary>
    SucceedAfterTimeout,

    /// <summary>Status 200 and something that is no answer.</summary>
    MalformedAnswer,

    /// <summary>Status 200 and an answer that never ends.</summary>
    EndlessAnswer,

    /// <summary>A redirect to another path of the same server.</summary>
    Redirect,
}

/// <summary>A key service at the wire: it checks what the real one checks, and misbehaves when it is told to.</summary>
public interface IKmsSimulator : IAsyncDisposable
{
    /// <summary>How many requests for a signature came, whatever was answered.</summary>
    int SignCalls { get; }

    /// <summary>How many requests came in all, logins included.</summary>
    int Calls { get; }

    /// <summary>The keys that there are: of <c>p256</c>, <c>p384</c>, <c>p521</c>, <c>rsa2048</c>, <c>rsa3072</c>, <c>rsa4096</c>, <c>ed25519</c> those that the service offers.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>What must never be seen outside of requests: tokens, secret ids, secret access keys.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>Makes something go wrong with requests about keys from now on.</summary>
    void Break(KmsFault fault, int times = int.MaxValue);

    /// <summary>Makes everything go right again.</summary>
    void Mend();

    /// <summary>The URI of a key without a version; of a name that is no key, too.</summary>
    string UriOf(string key);

    /// <summary>Makes a new version, or new material, that signs from now on; the one before it stays usable by its own URI.</summary>
    void Rotate(string key);

    /// <summary>The code under test, with everything it needs to log in.</summary>
    ISigningKeySource Connect(TimeProvider clock);
}
