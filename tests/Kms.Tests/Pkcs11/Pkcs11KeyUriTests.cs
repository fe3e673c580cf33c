// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Pkcs11;

namespace SupplyChain.Kms.Tests;

public sealed class Pkcs11KeyUriTests
{
    /// <summary>What is written, and the one spelling of it.</summary>
    public static TheoryData<string, string> Accepted => new()
    {
        { "pkcs11:token=t;object=k", "pkcs11:token=t;object=k" },
        { "pkcs11:object=k;token=t;type=private", "pkcs11:token=t;object=k" },
        { "pkcs11:serial=0123;id=%01%ff", "pkcs11:serial=0123;id=%01%FF" },
        { "pkcs11:id=a%01;object=k;model=m;manufacturer=f;serial=s;token=t", "pkcs11:token=t;manufacturer=f;model=m;serial=s;object=k;id=a%01" },
        { "pkcs11:token=My%20token%3B%25;object=caf%C3%A9", "pkcs11:token=My%20token%3B%25;object=caf%C3%A9" },
        { "pkcs11:token=%74;object=(a:b+c)&d", "pkcs11:token=t;object=%28a%3Ab%2Bc%29%26d" },
        { "pkcs11:slot-id=42;object=k", "pkcs11:slot-id=42;object=k" },
        { "pkcs11:token=t;object=k?pin-source=file:/run/pin&module-name=softhsm2", "pkcs11:token=t;object=k" },
    };

    /// <summary>What is refused, and why.</summary>
    public static TheoryData<string, string> Refused => new()
    {
        { "pkcs11:token", "NAME=VALUE" },
        { "pkcs11:token=t;object=k;", "NAME=VALUE" },
        { "pkcs11:=t;object=k", "NAME=VALUE" },
        { "pkcs11:token=t;object=k?", "NAME=VALUE" },
        { "pkcs11:token=;object=k", "token is empty" },
        { "pkcs11:token=t;token=t;object=k", "token is there twice" },
        { "pkcs11:token=t;object=k?pin-source=file:/a&pin-source=file:/b", "pin-source is there twice" },
        { "pkcs11:token=t;object=k;type=public", "type of a signing key is private" },
        { "pkcs11:token=t;object=k;library-version=2", "library-version is not known" },
        { "pkcs11:token=t;object=k;x-vendor=2", "x-vendor is not known" },
        { "pkcs11:Token=t;object=k", "Token is not known" },
        { "pkcs11:tok%65n=t;object=k", "name of an attribute has characters" },
        { "pkcs11:token=t;object=k;pin-source=file:/a", "pin-source is not known" },
        { "pkcs11:token=t;object=k?token=t", "token is not known" },
        { "pkcs11:token=a/b;object=k", "written as %XX" },
        { "pkcs11:token=a b;object=k", "written as %XX" },
        { "pkcs11:token=é;object=k", "written as %XX" },
        { "pkcs11:token=%4;object=k", "written as %XX" },
        { "pkcs11:token=%zz;object=k", "written as %XX" },
        { "pkcs11:token=%ff;object=k", "token is no text" },
        { "pkcs11:token=t;object=a%0Ab", "object is no text" },
        { "pkcs11:token=" + "123456789012345678901234567890123;object=k", "token has more than 32 bytes" },
        { "pkcs11:token=t;model=12345678901234567;object=k", "model has more than 16 bytes" },
        { "pkcs11:token=t", "object or id" },
        { "pkcs11:object=k", "token or serial" },
        { "pkcs11:model=m;object=k", "token or serial" },
        { "pkcs11:slot-id=-1;object=k", "slot-id is a number" },
        { "pkcs11:slot-id=4294967296;object=k", "slot-id is a number" },
        { "pkcs11:slot-id=1;token=t;object=k", "slot-id goes with object or id alone" },
        { "pkcs11:slot-id=1;id=%01;object=k", "slot-id goes with object or id alone" },
        { "pkcs11:token=t;object=k?pin-source=pin.txt", "whole path" },
        { "pkcs11:token=t;object=k?pin-source=file:pin.txt", "whole path" },
        { "pkcs11:token=t;object=k?pin-source=file://host/pin", "whole path" },
        { "pkcs11:token=t;object=k?pin-source=%7C/usr/bin/pin", "whole path" },
    };

    [Theory, MemberData(nameof(Accepted))]
    public void Equal_keys_have_one_spelling(string written, string text)
    {
        Assert.True(Pkcs11KeyUri.TryRead(KeyUri.Parse(written), out var uri, out var problem), problem);
        Assert.Equal(text, uri.Text);
        Assert.True(Pkcs11KeyUri.TryRead(KeyUri.Parse(text), out var again, out _));
        Assert.Equal(text, again.Text);
    }

    [Theory, MemberData(nameof(Refused))]
    public void Everything_else_is_refused_with_the_reason(string written, string words)
    {
        Assert.False(Pkcs11KeyUri.TryRead(KeyUri.Parse(written), out _, out var problem));
        Assert.Contains(words, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pkcs11:token=t;object=k?pin-value=canary")]
    [InlineData("pkcs11:token=t;object=k;pin-value=canary")]
    [InlineData("pkcs11:token=t;object=k?PIN-VALUE=canary")]
    public void A_PIN_in_a_URI_is_refused_before_anybody_repeats_it(string written)
    {
        Assert.False(KeyUri.TryParse(written, out _, out var problem));
        Assert.Contains("pin-source=file:/PATH", problem, StringComparison.Ordinal);
        Assert.Contains("SUPPLYCHAIN_PKCS11_PIN", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_not_understood_is_not_repeated()
    {
        Assert.False(Pkcs11KeyUri.TryRead(KeyUri.Parse("pkcs11:token=t;object=k;pin=canary"), out _, out var problem));
        Assert.DoesNotContain("canary", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_leads_to_the_token_is_read_apart_from_its_name()
    {
        Assert.True(Pkcs11KeyUri.TryRead(
            KeyUri.Parse("pkcs11:slot-id=7;id=%0A%fF?pin-source=file:///run/a%20pin&module-path=/usr/lib/m.so&module-name=m"), out var uri, out _));

        Assert.Equal(("/run/a pin", "/usr/lib/m.so", "m"), (uri.PinFile, uri.ModulePath, uri.ModuleName));
        Assert.Equal("pkcs11:slot-id=7;id=%0A%FF", uri.Text);
    }

    [Theory]
    [InlineData("pkcs11:token=release%20keys;object=k", true)]
    [InlineData("pkcs11:serial=0001;object=k", true)]
    [InlineData("pkcs11:token=release%20keys;manufacturer=maker;model=m;serial=0001;object=k", true)]
    [InlineData("pkcs11:slot-id=7;object=k", true)]
    [InlineData("pkcs11:slot-id=8;object=k", false)]
    [InlineData("pkcs11:token=release;object=k", false)]
    [InlineData("pkcs11:token=Release%20keys;object=k", false)]
    [InlineData("pkcs11:token=release%20keys;serial=0002;object=k", false)]
    [InlineData("pkcs11:token=release%20keys;model=other;object=k", false)]
    [InlineData("pkcs11:token=release%20keys;manufacturer=other;object=k", false)]
    public void Every_attribute_has_to_be_that_of_the_token(string written, bool isNamed)
    {
        Assert.True(Pkcs11KeyUri.TryRead(KeyUri.Parse(written), out var uri, out var problem), problem);
        var token = new Pkcs11Token(7, "release keys", "maker", "m", "0001");

        Assert.Equal(isNamed, uri.Names(token));
        // However it was written, the engine is asked for this token and no other.
        Assert.Equal("pkcs11:token=release%20keys;manufacturer=maker;model=m;serial=0001;object=k", uri.On(token));
    }
}
