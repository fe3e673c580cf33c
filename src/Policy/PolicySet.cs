// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// All policies that are in force together, checked against each other. Immutable: a change makes another set, with
/// another revision.
/// </summary>
public sealed class PolicySet
{
    /// <summary>The name of the trust root that is built in: Sigstore's public-good instance.</summary>
    public const string PublicGoodName = "sigstore-public-good";

    /// <summary>The trust root of that name.</summary>
    public static TrustRootDefinition PublicGood { get; } = new()
    {
        Name = PublicGoodName,
        Description = "Sigstore's public-good instance, as it was when this product was built.",
        Root = PublicGoodRoot.Root,
        Revision = Digest.Compute(PublicGoodRoot.Document.Span),
        Location = new SourceLocation("(built in)", 1, 1),
    };

    private readonly Dictionary<string, AttestorDefinition> _attestors;
    private readonly Dictionary<string, TrustRootDefinition> _trustRoots;
    private readonly IReadOnlyDictionary<Digest, PolicyFile> _files;

    internal PolicySet(IReadOnlyList<PolicyDocument> documents)
        : this(
            Sort(documents.Select(document => document.Content).OfType<AttestorDefinition>(), attestor => attestor.Name),
            Sort(documents.Select(document => document.Content).OfType<TrustRootDefinition>(), root => root.Name),
            Sort(documents.Select(document => document.Content).OfType<SigningPolicy>(), policy => policy.Name),
            Sort(documents.Select(document => document.Content).OfType<AdmissionPolicy>(), policy => policy.Name),
            CanonicalForm.RevisionOf(documents.Select(document =>
                (document.Kind, document.Head.Name, document.Head.Revision))),
            documents.Where(document => document.File is not null).DistinctBy(document => document.Head.Revision)
                .ToDictionary(document => document.Head.Revision, document => document.File!))
    {
    }

    private PolicySet(
        IReadOnlyList<AttestorDefinition> attestors, IReadOnlyList<TrustRootDefinition> trustRoots, IReadOnlyList<SigningPolicy> signing,
        IReadOnlyList<AdmissionPolicy> admission, Digest revision, IReadOnlyDictionary<Digest, PolicyFile> files)
    {
        _files = files;
        Attestors = SharedRevocations.Apply(attestors);
        TrustRoots = trustRoots;
        SigningPolicies = signing;
        AdmissionPolicies = admission;
        Revision = revision;
        _attestors = Attestors.DistinctBy(attestor => attestor.Name, StringComparer.Ordinal)
            .ToDictionary(attestor => attestor.Name, StringComparer.Ordinal);
        _trustRoots = TrustRoots.DistinctBy(root => root.Name, StringComparer.Ordinal)
            .ToDictionary(root => root.Name, StringComparer.Ordinal);
    }

    /// <summary>The attestors, by name.</summary>
    public IReadOnlyList<AttestorDefinition> Attestors { get; }

    /// <summary>The trust roots that documents define, by name.</summary>
    public IReadOnlyList<TrustRootDefinition> TrustRoots { get; }

    /// <summary>The signing policies, by name.</summary>
    public IReadOnlyList<SigningPolicy> SigningPolicies { get; }

    /// <summary>The admission policies, by name.</summary>
    public IReadOnlyList<AdmissionPolicy> AdmissionPolicies { get; }

    /// <summary>
    /// The SHA-256 over kind, name and revision of every document; the files they came in make no difference.
    /// </summary>
    public Digest Revision { get; }

    /// <summary>
    /// Every key URI of every attestor, each once: what <see cref="WithResolvedKeys"/> needs the public keys of, except where the
    /// policy names the public key itself (<see cref="NamesPublicKeyOf"/>).
    /// </summary>
    public IReadOnlyList<string> KeyUris =>
    [
        .. Attestors.SelectMany(attestor => attestor.Members).Select(member => member.KeyUri).OfType<string>()
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Whether every member with that key URI says what its public key is.</summary>
    public bool NamesPublicKeyOf(string keyUri) => Attestors.SelectMany(attestor => attestor.Members)
        .Where(member => string.Equals(member.KeyUri, keyUri, StringComparison.Ordinal)).All(member => member.NamesPublicKey);

    /// <summary>Every public key of every attestor, each once, by its digest.</summary>
    public IReadOnlyList<PublicKey> Keys => [.. KeysOf(Attestors)];

    /// <summary>The attestor of that name; null when there is none.</summary>
    public AttestorDefinition? FindAttestor(string name) => _attestors.GetValueOrDefault(name);

    /// <summary>The trust root of that name; null when there is none.</summary>
    public TrustRootDefinition? FindTrustRoot(string name) =>
        string.Equals(name, PublicGoodName, StringComparison.Ordinal) ? PublicGood : _trustRoots.GetValueOrDefault(name);

    /// <summary>The trust roots that the named attestors ask, each once.</summary>
    public IReadOnlyList<TrustedRoot> RootsOf(IEnumerable<string> attestors) =>
    [
        .. attestors.Select(FindAttestor).OfType<AttestorDefinition>().SelectMany(attestor => attestor.Members)
            .Select(member => member.Witnesses?.TrustRoot).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(FindTrustRoot).OfType<TrustRootDefinition>().Select(root => root.Root).DistinctBy(root => root.Digest),
    ];

    /// <summary>
    /// The public keys of the named attestors, each once, by digest, whatever their windows: evaluation judges those, and
    /// can then say that a key was too old rather than unknown.
    /// </summary>
    public IReadOnlyList<PublicKey> KeysOf(IEnumerable<string> attestors) =>
        [.. KeysOf(attestors.Select(FindAttestor).OfType<AttestorDefinition>())];

    /// <summary>
    /// The same policies with the public halves of their key URIs, after checking again that members are distinct and
    /// that no key has two purposes. A key that one attestor revokes is revoked in all of them. The revision stays: it is that of what was written.
    /// </summary>
    /// <param name="keys">The public key of each of <see cref="KeyUris"/>.</param>
    /// <param name="unreadable">
    /// Those whose service could not or would not tell: their members count for nothing, and the rest of the policies is in force. A
    /// single key that is out of reach must not keep another one from being revoked.
    /// </param>
    public PolicyLoadResult WithResolvedKeys(
        IReadOnlyDictionary<string, PublicKey> keys, IReadOnlySet<string>? unreadable = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var problems = new List<PolicyProblem>();
        var attestors = Attestors
            .Select(attestor => attestor with
            {
                Members = [.. attestor.Members.Select(member => Resolve(member, keys, unreadable, problems))],
            })
            .ToList();
        var set = new PolicySet(attestors, TrustRoots, SigningPolicies, AdmissionPolicies, Revision, _files);
        return new PolicyLoadResult(set, [.. problems, .. References.CheckKeys(set)]);
    }

    /// <summary>The same policies with other attestors in the place of theirs, for fixtures. The revision stays.</summary>
    internal PolicySet WithAttestors(IReadOnlyList<AttestorDefinition> attestors) =>
        new(attestors, TrustRoots, SigningPolicies, AdmissionPolicies, Revision, _files);

    /// <summary>Finds the one signing policy for a repository and requester.</summary>
    /// <param name="repository">The image's repository.</param>
    /// <param name="requester">Who asks.</param>
    /// <param name="name">The policy that the request names, if it names one: then only that one counts.</param>
    public SigningMatch FindSigning(Repository repository, Requester requester, string? name = null) => new(
    [
        .. SigningPolicies.Where(policy =>
            (name is null || string.Equals(name, policy.Name, StringComparison.Ordinal))
            && policy.Covers(repository, requester)),
    ]);

    /// <summary>
    /// Why each signing policy covers a request, or does not, by name; without a requester only the image counts. Those that do are
    /// the candidates of <see cref="FindSigning"/>.
    /// </summary>
    public IReadOnlyList<SigningExplanation> ExplainSigning(Repository repository, Requester? requester) =>
        [.. SigningPolicies.Select(policy => SigningExplanation.Of(policy, repository, requester))];

    /// <summary>What is not wrong, but probably not meant, at <paramref name="time"/>.</summary>
    public IReadOnlyList<PolicyProblem> Lint(DateTimeOffset time) => PolicyLint.Check(this, time);

    /// <summary>The document of that revision as it was written.</summary>
    internal PolicyFile FileOf(Digest revision) => _files[revision];

    private static AttestorMember Resolve(
        AttestorMember member, IReadOnlyDictionary<string, PublicKey> keys, IReadOnlySet<string>? unreadable,
        List<PolicyProblem> problems)
    {
        if (member.KeyUri is not { } uri)
            return member;

        string problem;
        if (!keys.TryGetValue(uri, out var key) && (member.NamesPublicKey || unreadable?.Contains(uri) == true))
            return member;
        if (key is null)
            problem = $"the public key of {Printable.Escape(uri)} could not be had";
        else if (member.PublicKey is { } pinned && !pinned.Equals(key))
            problem = $"publicKey is {pinned.Id}, but {Printable.Escape(uri)} holds {key.Id}";
        else if (AttestorMemberReader.TryApply(key, member.Algorithm, out var applied, out problem))
            return member with { PublicKey = applied };

        problems.Add(new PolicyProblem(member.Location, ProblemSeverity.Error, problem));
        return member;
    }

    private static IEnumerable<PublicKey> KeysOf(IEnumerable<AttestorDefinition> attestors) =>
        attestors.SelectMany(attestor => attestor.Members).Select(member => member.PublicKey).OfType<PublicKey>()
            .DistinctBy(key => (key.Id, key.Algorithm))
            .OrderBy(key => key.Id.Hex, StringComparer.Ordinal)
            .ThenBy(key => key.Algorithm);

    private static List<T> Sort<T>(IEnumerable<T> documents, Func<T, string> name) =>
        [.. documents.OrderBy(name, StringComparer.Ordinal)];
}

/// <summary>The signing policies that cover a request.</summary>
public sealed class SigningMatch
{
    internal SigningMatch(IReadOnlyList<SigningPolicy> candidates) => Candidates = candidates;

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<SigningPolicy> Candidates { get; }

    /// <summary>The one that applies; null when there is none, or more than one.</summary>
    public SigningPolicy? Policy => Candidates.Count == 1 ? Candidates[0] : null;

    /// <summary>Why no policy applies: NOT_AUTHORISED or POLICY_AMBIGUOUS; null when one does.</summary>
    public ReasonCode? Reason => Candidates.Count switch
    {
        0 => ReasonCode.NotAuthorised,
        1 => null,
        _ => ReasonCode.PolicyAmbiguous,
    };
}
