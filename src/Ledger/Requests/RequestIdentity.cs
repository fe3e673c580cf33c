// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger.Requests;

/// <summary>What a signing request asks for, as far as two requests can be the same.</summary>
/// <param name="Repository">The image's repository.</param>
/// <param name="Image">The image's digest.</param>
/// <param name="Policy">The policy the request names, if it names one.</param>
/// <param name="Evidence">Digests of the evidence sent along; order and repetition do not matter.</param>
public sealed record RequestContent(Repository Repository, Digest Image, string? Policy, IReadOnlyList<Digest> Evidence);

/// <summary>
/// Which requests are one and the same. Keys never collide across requesters: the requester is part of each.
/// </summary>
public sealed record RequestIdentity
{
    private RequestIdentity(Digest key, Digest fingerprint, bool refusalBinds)
    {
        Key = key;
        Fingerprint = fingerprint;
        RefusalBinds = refusalBinds;
    }

    /// <summary>Equal for requests that get one answer.</summary>
    public Digest Key { get; }

    /// <summary>The digest of what is asked; a key that comes back with another one is a conflict.</summary>
    public Digest Fingerprint { get; }

    /// <summary>
    /// Whether a recorded refusal answers a repeated request too. It does under an idempotency key; without one, the
    /// same request is judged anew, for the evidence beside the image may have changed.
    /// </summary>
    public bool RefusalBinds { get; }

    /// <summary>The identity of a request that carries an idempotency key.</summary>
    /// <exception cref="ArgumentException">The key is empty or longer than <see cref="Limits.IdempotencyKeyLength"/>.</exception>
    public static RequestIdentity ForIdempotencyKey(
        DecisionRequester requester, string idempotencyKey, RequestContent content)
    {
        ArgumentNullException.ThrowIfNull(requester);
        ArgumentException.ThrowIfNullOrEmpty(idempotencyKey);
        if (idempotencyKey.Length > Limits.IdempotencyKeyLength)
        {
            throw new ArgumentException(
                $"An idempotency key has at most {Limits.IdempotencyKeyLength} characters.", nameof(idempotencyKey));
        }

        using var hash = new FieldHash("supplychain/ledger/idempotency-key/v1");
        hash.Add(requester.Issuer);
        hash.Add(requester.Subject);
        hash.Add(idempotencyKey);
        return new RequestIdentity(hash.Finish(), FingerprintOf(requester, content), refusalBinds: true);
    }

    /// <summary>The identity of a request without an idempotency key: what it asks for, under one policy revision.</summary>
    /// <param name="requester">Who asks.</param>
    /// <param name="content">What for.</param>
    /// <param name="policyRevision">The policy.</param>
    /// <param name="trust">The digest of what else decides: whom the policy trusts, and by which keys.</param>
    public static RequestIdentity ForContent(
        DecisionRequester requester, RequestContent content, Digest policyRevision, Digest? trust = null)
    {
        ArgumentNullException.ThrowIfNull(policyRevision);
        var fingerprint = FingerprintOf(requester, content);
        using var hash = new FieldHash("supplychain/ledger/request/v1");
        hash.Add(fingerprint.ToString());
        hash.Add(policyRevision.ToString());
        if (trust is not null)
            hash.Add(trust.ToString());
        return new RequestIdentity(hash.Finish(), fingerprint, refusalBinds: false);
    }

    private static Digest FingerprintOf(DecisionRequester requester, RequestContent content)
    {
        ArgumentNullException.ThrowIfNull(requester);
        ArgumentNullException.ThrowIfNull(content);
        using var hash = new FieldHash("supplychain/ledger/fingerprint/v1");
        hash.Add(requester.Issuer);
        hash.Add(requester.Subject);
        hash.Add(content.Repository.ToString());
        hash.Add(content.Image.ToString());
        hash.Add(content.Policy is null ? 0 : 1);
        hash.Add(content.Policy ?? "");
        foreach (var evidence in content.Evidence.Select(digest => digest.ToString()).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal))
        {
            hash.Add(evidence);
        }

        return hash.Finish();
    }
}
