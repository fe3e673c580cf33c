// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Reads signing configurations. What is malformed or unknown refuses the whole document: a rule that is not understood
/// is not kept.
/// </summary>
internal static class SigningConfigReader
{
    private static readonly ProtoDocument Document =
        new("the signing configuration") { Kind = "a signing configuration", Longest = Limits.SigningConfigBytes };

    public static bool TryRead(
        ReadOnlyMemory<byte> utf8,
        [NotNullWhen(true)] out SigningConfig? config, [NotNullWhen(false)] out string? problem) =>
        Document.TryRead(utf8, Read, out config, out problem);

    private static SigningConfig Read(ProtoElement root)
    {
        root.AllowOnly("mediaType", "caUrls", "oidcUrls", "rekorTlogUrls", "rekorTlogConfig", "tsaUrls", "tsaConfig");
        var mediaType = root.Required("mediaType").Text;
        if (!string.Equals(mediaType, SigningConfig.MediaType, StringComparison.Ordinal))
        {
            throw new ProtoException(
                $"the signing configuration has the mediaType '{Printable.Escape(mediaType)}'; "
                + $"expected '{SigningConfig.MediaType}'");
        }

        return new SigningConfig
        {
            CertificateAuthorities = ReadServices(root, "caUrls"),
            IdentityIssuers = ReadServices(root, "oidcUrls"),
            Logs = ReadServices(root, "rekorTlogUrls"),
            LogSelection = ReadSelection(root, "rekorTlogConfig", "rekorTlogUrls"),
            TimestampAuthorities = ReadServices(root, "tsaUrls"),
            TimestampSelection = ReadSelection(root, "tsaConfig", "tsaUrls"),
        };
    }

    private static List<SigningService> ReadServices(ProtoElement root, string name) =>
        [.. root.List(name, Limits.TrustedInstances).Select(ReadService)];

    private static SigningService ReadService(ProtoElement service)
    {
        service.AllowOnly("url", "majorApiVersion", "validFor", "operator");
        var url = service.Required("url");
        if (!Uri.TryCreate(url.Text, UriKind.Absolute, out var address) || !ServiceAddress.IsAcceptable(address))
        {
            throw new ProtoException($"{url.Path} is '{Printable.Escape(url.Text)}'; "
                + "expected an https URL without user, query and fragment, or http on this machine");
        }

        var version = service.Required("majorApiVersion");
        if (version.Number is 0 or > int.MaxValue)
            throw new ProtoException($"{version.Path} is {version.Number}; expected a version from 1 on");
        var period = service.Required("validFor");
        period.AllowOnly("start", "end");
        var by = service.Required("operator");
        if (by.Text.Length == 0)
            throw new ProtoException($"{by.Path} is empty; expected who runs the service");

        return new SigningService(
            address, (uint)version.Number,
            new ValidityPeriod(period.Required("start").Time, period.Optional("end")?.Time), by.Text);
    }

    private static ServiceSelection ReadSelection(ProtoElement root, string name, string services)
    {
        if (root.Optional(name) is not { } config)
        {
            return root.List(services, Limits.TrustedInstances).Count == 0
                ? new ServiceSelection(ServiceSelector.All, Count: 0)
                : throw new ProtoException(
                    $"{root.Path} has {services} and no {name} to say how many of them are used");
        }

        config.AllowOnly("selector", "count");
        var selector = config.Required("selector");
        var count = config.Optional("count")?.Number ?? 0;
        return (selector.Text, count) switch
        {
            ("ALL", 0) => new ServiceSelection(ServiceSelector.All, Count: 0),
            ("ANY", 0) => new ServiceSelection(ServiceSelector.Any, Count: 1),
            ("EXACT", > 0 and <= Limits.TrustedInstances) => new ServiceSelection(ServiceSelector.Exact, (int)count),
            ("EXACT", _) => throw new ProtoException(
                $"{config.Path}.count is {count}; expected 1 to {Limits.TrustedInstances} for EXACT"),
            ("ALL" or "ANY", _) => throw new ProtoException(
                $"{config.Path} has a count of {count}, which {selector.Text} does not use"),
            _ => throw new ProtoException(
                $"{selector.Path} is '{Printable.Escape(selector.Text)}'; expected ALL, ANY or EXACT"),
        };
    }
}
