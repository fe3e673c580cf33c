// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Text;
using SupplyChain.Cli.Identities;
using SupplyChain.Cli.Keys;
using SupplyChain.Cli.Policies;
using SupplyChain.Cli.RegistryAccess;
using SupplyChain.Cli.Rendering;
using SupplyChain.Cli.Trust;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Verifier;

namespace SupplyChain.Cli.Verify;

/// <summary>
/// <c>verify</c>: the admission decision, for images by name or for the images of Kubernetes manifests.
/// </summary>
internal sealed class VerifyCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(1);

    private readonly Surroundings _surroundings;
    private readonly PolicyArguments _policies;
    private readonly RegistryArguments _registries = new();
    private readonly Option<OutputFormat> _output = CommonOptions.Output();
    private readonly Option<TimeSpan?> _timeout = CommonOptions.Timeout("1m");

    private readonly Argument<string[]> _images = new("IMAGE")
    {
        Description = "Images by digest: HOST/PATH@sha256:…",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _manifests = new("--manifests")
    {
        Description = "Judge the images of Kubernetes objects in this file, "
            + "or in the YAML and JSON files of this folder; repeatable",
        HelpName = "PATH",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _keys = new("--key")
    {
        Description = "Instead of --policy: the image is signed by this key, a PEM file or a key URI; "
            + "repeatable, one suffices",
        HelpName = "KEY",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<SigningAlgorithm?> _algorithm = AlgorithmOption.Create(
        "With --key: what the keys sign with, such as rsa-pss-sha256 (default: what each key means by itself)");

    private readonly IdentityOptions _identity = new();

    private readonly Option<string?> _trustedRoot = new("--trusted-root")
    {
        Description = "With --certificate-identity: which logs and authorities are believed (default: Sigstore's public-good instance, as this release knows it)",
        HelpName = "FILE",
    };

    private readonly Option<bool> _repositoryBound = new("--repository-bound")
    {
        Description = "With --key or --certificate-identity: the signature has to name the image's own repository",
    };

    private readonly Option<string?> _admissionPolicy = new("--admission-policy")
    {
        Description = "The admission policy's name, where --policy holds several",
        HelpName = "NAME",
    };

    private readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "The cluster the images would run in, for rules that name one",
        HelpName = "NAME",
    };

    private readonly Option<string?> _namespace = new("--namespace")
    {
        Description = "The namespace they would run in; with --manifests, that of objects which name none",
        HelpName = "NAME",
    };

    private readonly Option<string?> _serviceAccount = new("--service-account")
    {
        Description = "The service account they would run as",
        HelpName = "NAME",
    };

    private VerifyCommand(Surroundings surroundings)
    {
        _surroundings = surroundings;
        _policies = new PolicyArguments(surroundings);
    }

    public static Command Create(Surroundings surroundings) => new VerifyCommand(surroundings).Build();

    private Command Build()
    {
        var command = new Command("verify", "Decide whether images may run, as the admission webhook would")
        {
            _images, _manifests,
        };
        _policies.AddTo(command);
        command.Options.Add(_keys);
        command.Options.Add(_algorithm);
        _identity.AddTo(command);
        Option[] options = [_trustedRoot, _repositoryBound, _admissionPolicy, _cluster, _namespace, _serviceAccount];
        foreach (var option in options)
            command.Options.Add(option);
        _registries.AddTo(command);
        command.Options.Add(_timeout);
        command.Options.Add(_output);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var questions = ReadQuestions(parsed);
        var policies = await LoadPoliciesAsync(parsed, questions, cancellationToken);
        using var registries = _registries.Open(parsed, Hosts(questions), _surroundings);
        var options = new VerifierOptions
        {
            Policy = parsed.GetValue(_admissionPolicy),
            Deadline = parsed.GetValue(_timeout) ?? DefaultTimeout,
        };
        if (options.FindProblem() is { } wrong)
            throw CommandFailure.BadInput($"--timeout: {wrong}");

        var verifier = new AdmissionVerifier(
            new AdmissionEvidence(new AttachmentReader(registries)), options, _surroundings.Clock);
        if (!verifier.TryUse(policies, out var problem))
            throw CommandFailure.BadInput($"{problem} (--policy, --admission-policy)");

        var answers = await questions.AskAsync(verifier, parsed.GetValue(_cluster), cancellationToken);
        if (parsed.GetValue(_output) == OutputFormat.Json)
            VerifyReport.WriteJson(_surroundings.Out, answers);
        else
            VerifyReport.Write(_surroundings.OutScreen(), answers);
        return ExitCodes.Of([.. answers.SelectMany(answer => answer.Decisions)]);
    }

    private VerifyQuestions ReadQuestions(ParseResult parsed)
    {
        var images = parsed.GetValue(_images) ?? [];
        var manifests = parsed.GetValue(_manifests)!;
        if (images.Length > 0 == manifests.Length > 0)
            throw CommandFailure.BadInput("name images, or files with --manifests: one of the two");
        if (images.Length > Limits.ImagesPerRequest)
            throw CommandFailure.BadInput(
                $"at most {Limits.ImagesPerRequest} images are judged at a time, found {images.Length}");

        var account = parsed.GetValue(_serviceAccount);
        var space = parsed.GetValue(_namespace);
        if (images.Length > 0)
            return new VerifyQuestions.Named(images, new WorkloadContext(Cluster: null, space, account, Node: null));
        if (account is not null)
            throw CommandFailure.BadInput("--service-account is for images by name; manifests name their own");

        var files = ManifestFolder.Read(manifests);
        return VerifyQuestions.OfManifests.Read(files, space, _surroundings.ErrorScreen());
    }

    private async Task<PolicySet> LoadPoliciesAsync(
        ParseResult parsed, VerifyQuestions questions, CancellationToken cancellationToken)
    {
        var keys = parsed.GetValue(_keys)!;
        var policies = await _policies.LoadAsync(parsed, cancellationToken);
        var identity = _identity.FindGiven(parsed);
        if (new[] { policies is not null, keys.Length > 0, identity is not null }.Count(given => given) != 1)
            throw CommandFailure.BadInput("say what must hold with --policy, with --key or with --certificate-identity: one of the three");
        if (policies is not null && (parsed.GetValue(_repositoryBound) || parsed.GetValue(_algorithm) is not null))
            throw CommandFailure.BadInput("--repository-bound and --algorithm go with --key; a policy says so itself");
        if (identity is null && parsed.GetValue(_trustedRoot) is not null)
            throw CommandFailure.BadInput("--trusted-root goes with --certificate-identity; a policy says so itself, and a key needs none");
        if (identity is not null && parsed.GetValue(_algorithm) is not null)
            throw CommandFailure.BadInput("--algorithm says what a key signs with, and there is no --key");
        if (policies is not null)
            return policies;

        var (hosts, repositoryBound) = (Hosts(questions), parsed.GetValue(_repositoryBound));
        if (identity is not null)
        {
            var root = parsed.GetValue(_trustedRoot) is { } file ? Encoding.UTF8.GetString(TrustFiles.ReadTrustedRoot(file).Document) : null;
            return _policies.Usable(PolicyLoader.Load(SignerPolicy.OfIdentity(_identity.Read(parsed), root, hosts, repositoryBound)));
        }

        var found = new List<PublicKey>();
        var access = KeyAccess.OfEnvironment(_surroundings);
        foreach (var key in keys)
            found.Add(Use(await PublicKeyArgument.ReadAsync(key, access, cancellationToken), parsed.GetValue(_algorithm)));
        return _policies.Usable(PolicyLoader.Load(SignerPolicy.OfKeys(found, hosts, repositoryBound)));
    }

    private static PublicKey Use(PublicKey key, SigningAlgorithm? algorithm)
    {
        if (algorithm is not { } named)
            return key;

        return key.Algorithms.Contains(named)
            ? key.With(named)
            : throw CommandFailure.BadInput(
                $"the key {key.Id} cannot be used with {named.Name()}, "
                + $"only with {string.Join(" or ", key.Algorithms.Select(known => known.Name()))}");
    }

    private static List<string> Hosts(VerifyQuestions questions)
    {
        var hosts = questions.Images
            .Select(text => ImageReference.TryParse(text, out var image, out _) ? image.Repository.Host : null)
            .OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return hosts.Count > 0 ? hosts : throw CommandFailure.BadInput(questions.NoImage);
    }
}
