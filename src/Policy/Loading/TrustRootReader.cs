// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// Reads the spec of a <c>TrustRoot</c>: a <c>trusted_root.json</c> as Sigstore's TUF repositories serve it, as one text, and beside it, for
/// those who sign, a <c>signing_config.json</c>.
/// </summary>
internal static class TrustRootReader
{
    internal static TrustRootDefinition? Read(Field? spec, DocumentHead head)
    {
        if (FieldReader.Open(spec) is not { } reader)
            return null;

        var root = ReadRoot(reader.Required("trustedRoot"));
        var config = ReadSigningConfig(reader.Optional("signingConfig"));
        reader.Close();
        return root is null
            ? null
            : new TrustRootDefinition
            {
                Name = head.Name,
                Description = head.Description,
                Root = root,
                SigningConfig = config,
                Revision = head.Revision,
                Location = head.Location,
            };
    }

    private static SigningConfig? ReadSigningConfig(Field? field)
    {
        if (Values.Text(field, Limits.SigningConfigBytes) is not { } text)
            return null;

        return SigningConfig.TryRead(Encoding.UTF8.GetBytes(text), out var config, out var problem)
            ? config
            : field!.Error<SigningConfig>(problem);
    }

    private static TrustedRoot? ReadRoot(Field? field)
    {
        if (Values.Text(field, Limits.TrustedRootBytes) is not { } text)
            return null;

        return TrustedRoot.TryRead(Encoding.UTF8.GetBytes(text), out var root, out var problem)
            ? root
            : field!.Error<TrustedRoot>(problem);
    }
}
