// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Reads the spec of a <c>TrustRoot</c>: a <c>trusted_root.json</c> as Sigstore's TUF repositories serve it, as one text.</summary>
internal static class TrustRootReader
{
    internal static TrustRootDefinition? Read(Field? spec, DocumentHead head)
    {
        if (FieldReader.Open(spec) is not { } reader)
            return null;

        var root = ReadRoot(reader.Required("trustedRoot"));
        reader.Close();
        return root is null
            ? null
            : new TrustRootDefinition
            {
                Name = head.Name,
                Description = head.Description,
                Root = root,
                Revision = head.Revision,
                Location = head.Location,
            };
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
