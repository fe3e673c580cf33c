// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy.Testing;

/// <summary>Puts the cases of a fixture before policies, and compares what they answer with what is expected.</summary>
public sealed class PolicyTestRun
{
    private readonly StandInKeys _keys;
    private readonly IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _files;

    private PolicyTestRun(PolicySet policies, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        _keys = new StandInKeys(policies);
        _files = files;
    }

    private PolicySet Policies => _keys.Policies;

    /// <summary>Runs every case. No key is opened, no clock is read: the same inputs give the same results.</summary>
    /// <param name="test">The fixture.</param>
    /// <param name="policies">The policies; every attestor's keys are stood in for.</param>
    /// <param name="files">The content of each of <see cref="PolicyTest.Files"/>, by its path.</param>
    public static IReadOnlyList<PolicyTestResult> Run(
        PolicyTest test, PolicySet policies, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(files);
        var run = new PolicyTestRun(policies, files);
        return [.. test.Cases.Select(run.Run)];
    }

    private PolicyTestResult Run(PolicyTestCase test)
    {
        try
        {
            var (decision, signing) = test.Facts.Requester is { } requester ? (Sign(test, requester, out var policy), policy) : (Admit(test), null);
            return new PolicyTestResult
            {
                Case = test,
                Decision = decision,
                Mismatches = ExpectationMatch.Find(test.Expected, decision, signing),
            };
        }
        catch (TestRefusal refusal)
        {
            return new PolicyTestResult { Case = test, Problem = refusal.Problem };
        }
    }

    private Decision Sign(PolicyTestCase test, Requester requester, out SigningPolicy? policy)
    {
        var facts = test.Facts;
        var match = Policies.FindSigning(facts.Image!.Reference.Repository, requester, facts.Policy);
        policy = match.Policy;
        if (policy is null)
        {
            var names = string.Join(", ", match.Candidates.Select(candidate => candidate.Name));
            var none = CheckResult.Fail("policy", "policy", match.Reason!, names.Length == 0
                ? "no signing policy covers this image and requester"
                : $"several signing policies cover this image and requester: {names}");
            return Decide(test, DecisionKind.Signing, EnforcementMode.Enforce, null, [none], []);
        }

        var evaluation = SigningEvaluation.Evaluate(
            policy, Policies, new TestEvidence(_keys, facts, _files).ForSigning(policy), facts.Time!.Value);
        return Decide(
            test, DecisionKind.Signing, policy.ModeAt(facts.Time.Value), new DecisionPolicy(policy.Name, policy.Revision, null),
            evaluation.Checks, evaluation.Evidence) with
        {
            Requester = new DecisionRequester(requester.Issuer, requester.Subject),
        };
    }

    private Decision Admit(PolicyTestCase test)
    {
        var facts = test.Facts;
        var policy = FindAdmission(test);
        var preflight = AdmissionPreflight.Judge(policy, facts.Image!.Reference, facts.Workload!);
        var evaluation = preflight.Decided is null
            ? AdmissionEvaluation.Evaluate(
                policy, preflight.Rule!, Policies, new TestEvidence(_keys, facts, _files).ForAdmission(), facts.Time!.Value)
            : null;
        return Decide(
            test, DecisionKind.Admission, preflight.Rule?.EnforcementAt(facts.Time!.Value) ?? EnforcementMode.Enforce,
            new DecisionPolicy(policy.Name, policy.Revision, preflight.Rule?.Name),
            evaluation?.Checks ?? [preflight.Decided!], evaluation?.Evidence ?? []) with
        {
            Considered = preflight.Considered,
        };
    }

    private AdmissionPolicy FindAdmission(PolicyTestCase test)
    {
        var named = Policies.AdmissionPolicies.Where(policy =>
            test.Facts.Policy is not { } name || string.Equals(name, policy.Name, StringComparison.Ordinal)).ToList();
        return named switch
        {
            [var only] => only,
            [] => throw new TestRefusal(test.Location, test.Facts.Policy is { } name
                ? $"there is no admission policy {name}"
                : "there is no admission policy"),
            _ => throw new TestRefusal(
                test.Location, $"policy: name one of {string.Join(", ", named.Select(policy => policy.Name))}"),
        };
    }

    private static Decision Decide(
        PolicyTestCase test, DecisionKind kind, EnforcementMode mode, DecisionPolicy? policy, IReadOnlyList<CheckResult> checks,
        IReadOnlyList<DecisionEvidence> evidence)
    {
        var image = test.Facts.Image!;
        return new Decision
        {
            Id = test.Name,
            Kind = kind,
            Outcome = Decision.OutcomeOf(kind, checks),
            Mode = mode,
            Time = test.Facts.Time!.Value,
            Subject = new DecisionSubject(
                image.Reference.Repository.ToString(), image.Reference.Digest, [.. image.Platforms.Select(platform => platform.ToString())])
            {
                Tag = image.Reference.Tag,
            },
            Policy = policy,
            Checks = checks,
            Evidence = evidence,
        };
    }
}
