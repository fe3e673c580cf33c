// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Rendering;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Keys.Inventory;

/// <summary>
/// Lays what policies say of keys beside what the ledger recorded of them. A public half that cannot be had makes a
/// warning, so that one service that is down does not hide the other keys.
/// </summary>
internal sealed class KeyInventory(KeyServices services, LedgerReader? ledger)
{
    private IReadOnlyList<PinnedKey> _pins = [];

    /// <summary>
    /// The policies' keys by attestor and in their order there, then those that only the ledger knows.
    /// </summary>
    public async Task<IReadOnlyList<KeyRecord>> ReadAsync(PolicySet? policies, CancellationToken cancellationToken)
    {
        var found = new List<KeyRecord>();
        await ReadPinsAsync(cancellationToken);
        foreach (var attestor in policies?.Attestors ?? [])
        {
            foreach (var member in attestor.Members.Where(IsKey))
                found.Add(await OfMemberAsync(attestor, member, cancellationToken));
        }

        found = [.. found.Select(record => WithRevokedElsewhere(record, found))];
        var known = found.Select(record => record.Id).OfType<Digest>().ToHashSet();
        foreach (var pins in _pins.GroupBy(pin => pin.PublicKey).Where(pins => !known.Contains(pins.Key)))
            found.Add(await OfLedgerAsync([.. pins], policies is not null, cancellationToken));
        return found;
    }

    /// <summary>The keys of one attestor, each at its member's place.</summary>
    public async Task<IReadOnlyList<KeyRecord>> ReadAsync(
        AttestorDefinition attestor, CancellationToken cancellationToken)
    {
        var found = new List<KeyRecord>();
        await ReadPinsAsync(cancellationToken);
        foreach (var member in attestor.Members)
            found.Add(await OfMemberAsync(attestor, member, cancellationToken));
        return found;
    }

    /// <summary>
    /// What the ledger knows of a key that no policy names and no attestor of this ledger signed with as its own, such as one that vouched for
    /// evidence; null where it knows nothing.
    /// </summary>
    public async Task<KeyRecord?> FindAsync(Digest id, bool hasPolicies, CancellationToken cancellationToken)
    {
        if (ledger is null)
            return null;

        var use = await ledger.FindKeyUseAsync(id, cancellationToken);
        var vouched = await ledger.FindVouchedAsync(id, cancellationToken);
        return use is null && vouched.Named.Count + vouched.Unnamed.Count == 0
            ? null
            : new KeyRecord
            {
                Attestor = "unknown", Id = id, Pins = [], Use = use, Vouched = vouched, Warnings = WarningsOf(hasPolicies),
            };
    }

    /// <summary>
    /// Reads the public half of a member: the policy's own, or else the one that its key service has.
    /// </summary>
    /// <exception cref="KmsException">KEY_UNUSABLE or KMS_UNAVAILABLE.</exception>
    private async Task<PublicKey> ReadPublicKeyAsync(AttestorMember member, CancellationToken cancellationToken)
    {
        if (member.PublicKey is { } named)
            return named;
        if (!KeyUri.TryParse(member.KeyUri, out var uri, out var problem))
            throw KmsException.Unusable(problem);

        var key = await services.ReadPublicKeyAsync(uri, cancellationToken);
        if (member.Algorithm is not { } algorithm)
            return key;

        return key.Algorithms.Contains(algorithm)
            ? key.With(algorithm)
            : throw KmsException.Unusable(
                $"{Printable.Escape(member.KeyUri)} holds a key for {key.Algorithm.Name()}; "
                + $"the policy names {algorithm.Name()}");
    }

    // Certificates have keys of their own, which nobody here knows or keeps.
    private static bool IsKey(AttestorMember member) => member.Identity is null;

    private async Task ReadPinsAsync(CancellationToken cancellationToken)
    {
        if (ledger is not null)
            _pins = await ledger.FindKeysAsync(cancellationToken);
    }

    private async Task<KeyRecord> OfMemberAsync(
        AttestorDefinition attestor, AttestorMember member, CancellationToken cancellationToken)
    {
        var record = new KeyRecord
        {
            Attestor = attestor.Name,
            Purpose = attestor.Purpose,
            Member = member,
            Uri = member.KeyUri,
            LastPin = LastPinOf(member),
        };
        try
        {
            var key = await ReadPublicKeyAsync(member, cancellationToken);
            record = record with { PublicKey = key, Id = key.Id };
        }
        catch (KmsException fault)
        {
            // What the ledger saw last is better than nothing when the service is down or the key is gone.
            record = record with
            {
                PublicKey = PinnedHalf.Read(record.LastPin, member),
                Id = record.LastPin?.PublicKey,
                Warnings = [new KeyWarning(fault.Reason, fault.Message)],
            };
        }

        if (ledger is null || record.Id is not { } id)
            return record;

        var pins = _pins.Where(pin => pin.PublicKey == id).ToList();
        record = record with
        {
            Pins = pins,
            Use = await ledger.FindKeyUseAsync(id, cancellationToken),
            Warnings = [.. record.Warnings, .. Compare(member, id, pins.Count > 0 || attestor.Purpose != AttestorPurpose.Approval)],
        };
        return attestor.Purpose == AttestorPurpose.Evidence
            ? WithVouched(record, await ledger.FindVouchedAsync(id, cancellationToken))
            : record;
    }

    private static KeyRecord WithVouched(KeyRecord record, VouchedImages vouched)
    {
        var warnings = new List<KeyWarning>(record.Warnings);
        if (record.Member!.State == MemberState.Revoked && vouched.Named.Count > 0)
        {
            warnings.Add(new KeyWarning(
                ReasonCode.KeyRevoked,
                "images were approved on evidence that it vouched for; keys show lists them, have each judged again with new reports"));
        }

        if (vouched.Unnamed.Count > 0)
        {
            warnings.Add(new KeyWarning(
                Reason: null,
                $"{Counted.Of(vouched.Unnamed.Count, "more decision")} counted evidence whose key was not recorded, and may depend on it too"));
        }

        return record with { Vouched = vouched, Warnings = warnings };
    }

    private async Task<KeyRecord> OfLedgerAsync(
        List<PinnedKey> pins, bool hasPolicies, CancellationToken cancellationToken) => new()
    {
        Attestor = pins[^1].Attestor,
        Uri = pins[^1].KeyUri,
        Id = pins[^1].PublicKey,
        Pins = pins,
        Use = await ledger!.FindKeyUseAsync(pins[^1].PublicKey, cancellationToken),
        Warnings = WarningsOf(hasPolicies),
    };

    private static IReadOnlyList<KeyWarning> WarningsOf(bool hasPolicies) => hasPolicies
        ? [new KeyWarning(Reason: null, "no policy names this key: nothing it signed counts")]
        : [];

    private static KeyRecord WithRevokedElsewhere(KeyRecord record, IReadOnlyList<KeyRecord> all) =>
        record.Id is { } id && record.Member is { State: not (MemberState.Revoked or MemberState.Retired) }
        && all.FirstOrDefault(other => other.Id == id && other.OwnRevocation is not null) is { } revoked
            ? record with
            {
                Warnings =
                [
                    .. record.Warnings,
                    new KeyWarning(
                        ReasonCode.KeyRevoked, $"it is revoked in {revoked.Attestor}, so that it counts here no more either; revoke it here too"),
                ],
            }
            : record;

    private PinnedKey? LastPinOf(AttestorMember member) =>
        _pins.LastOrDefault(pin => string.Equals(pin.KeyUri, member.KeyUri, StringComparison.Ordinal));

    private IEnumerable<KeyWarning> Compare(AttestorMember member, Digest id, bool isPinned)
    {
        var last = LastPinOf(member);
        if (last is not null && last.PublicKey != id && !member.NamesPublicKey)
        {
            yield return new KeyWarning(
                ReasonCode.KeyChanged,
                $"{member.KeyUri} is {id} now and was {last.PublicKey} when it was first used at "
                + $"{KeyWords.Of(last.FirstUsed)}: nothing is signed with it until the policy names its publicKey");
        }
        else if (last is not null && last.PublicKey != id && member.State == MemberState.Signing)
        {
            yield return new KeyWarning(
                ReasonCode.KeyChanged,
                $"the policy names {id} for {member.KeyUri}, which was {last.PublicKey} when it was first used at "
                + $"{KeyWords.Of(last.FirstUsed)}: the next signature is made with the policy's");
        }
        else if (member.State == MemberState.Signing && !isPinned)
        {
            yield return new KeyWarning(Reason: null, "it signs, but this ledger has no use of it yet");
        }
    }
}
