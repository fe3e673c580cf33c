// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Keys;
using SupplyChain.Cli.Policies;
using SupplyChain.Cli.RegistryAccess;
using SupplyChain.Cli.Rendering;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Inspect;

/// <summary><c>inspect</c>: shows what is attached to an image. It decides nothing; <c>verify</c> does.</summary>
internal static class InspectCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var image = new Argument<string>("IMAGE") { Description = "The image, by digest or by tag" };
        var keys = new Option<string[]>("--key")
        {
            Description = "A public key to verify signatures with: a PEM file or a key URI; repeatable",
            HelpName = "KEY",
            DefaultValueFactory = _ => [],
        };
        var policies = new PolicyArguments(surroundings);
        var registries = new RegistryArguments();
        var output = CommonOptions.Output();
        var command = new Command("inspect", "Show what is attached to an image, and who signed it")
        {
            image, keys, output,
        };
        policies.AddTo(command);
        registries.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!ImageReference.TryParse(parsed.GetRequiredValue(image), out var reference, out var problem))
                throw CommandFailure.BadInput(problem);
            if (reference.Digest is null && reference.Tag is null)
                throw CommandFailure.BadInput($"'{reference}' names neither digest nor tag");

            var set = await policies.LoadAsync(parsed, cancellationToken);
            var known = KeysOf(set);
            var publicKeys = KeyAccess.OfEnvironment(surroundings);
            foreach (var key in parsed.GetValue(keys)!)
                known.Add(new KnownKey(key, await PublicKeyArgument.ReadAsync(key, publicKeys, cancellationToken)));

            using var access = registries.Open(parsed, [reference.Repository.Host], surroundings);
            var inspected = await InspectAsync(
                access.For(reference.Repository), reference, new AttachmentReader(known, [PolicySet.PublicGood, .. set?.TrustRoots ?? []]), cancellationToken);
            if (parsed.GetValue(output) == OutputFormat.Json)
                surroundings.Out.Write(InspectionJson.Write(inspected) + "\n");
            else
                InspectionTree.Write(surroundings.OutScreen(), inspected);
            return inspected.AllProblems.Any(found => found.Reason.IsRetryable)
                ? ExitCodes.Unreachable
                : ExitCodes.Done;
        });
        return command;
    }

    private static List<KnownKey> KeysOf(PolicySet? policies) =>
    [
        .. from attestor in policies?.Attestors ?? []
           from key in attestor.Members.Select(member => member.PublicKey).OfType<PublicKey>()
           select new KnownKey(attestor.Name, key),
    ];

    private static async Task<InspectedImage> InspectAsync(
        IRegistry registry, ImageReference reference, AttachmentReader attachments, CancellationToken cancellationToken)
    {
        var manifest = reference.Digest is { } digest
            ? await registry.FetchManifestAsync(reference.Repository, digest, cancellationToken)
            : await registry.FetchManifestAsync(reference.Repository, reference.Tag!, cancellationToken);
        if (manifest is null)
            throw new RegistryException(ReasonCode.ImageNotFound, $"there is no image {reference}");

        var inspector = new ImageInspector(registry, reference.Repository, attachments);
        return await inspector.InspectAsync(manifest, cancellationToken);
    }
}
