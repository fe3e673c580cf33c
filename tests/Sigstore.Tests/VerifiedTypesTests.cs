// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Tests;

/// <summary>What is called verified was verified: nobody outside of the library can make one, or something that passes for one.</summary>
public sealed class VerifiedTypesTests
{
    public static TheoryData<Type> Types =>
        [.. typeof(VerifiedMaterial).Assembly.GetExportedTypes().Where(type => type.Name.StartsWith("Verified", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Types))]
    public void Nobody_else_can_make_one(Type type)
    {
        Assert.Empty(type.GetConstructors());
        Assert.True(type.IsSealed, "one that can be derived from can be made");
        // The copy that a record makes of itself could be changed with an initialiser.
        Assert.Null(type.GetMethod("<Clone>$"));
        Assert.DoesNotContain(type.GetProperties(), property => property.SetMethod?.IsPublic == true && !IsInitOnly(property));
    }

    [Fact]
    public void There_are_some()
    {
        Assert.True(Types.Count >= 5, $"{Types.Count} types");
    }

    private static bool IsInitOnly(System.Reflection.PropertyInfo property) => property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers()
        .Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));
}
