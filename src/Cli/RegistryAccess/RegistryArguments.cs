// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Model;
using SupplyChain.Oci;

namespace SupplyChain.Cli.RegistryAccess;

/// <summary>The options that say how registries are reached, for every command that reads from one.</summary>
internal sealed class RegistryArguments
{
    private readonly Option<string[]> _layouts = Repeatable(
        "--registry", "HOST=oci:PATH", "Serve HOST from an OCI layout directory instead of a server; repeatable");

    private readonly Option<string[]> _plainHttp = Repeatable(
        "--plain-http", "HOST", "Talk http to this registry; credentials do not stay secret; repeatable");

    private readonly Option<string[]> _authorities = Repeatable(
        "--ca", "HOST=FILE", "Trust these certificate authorities (PEM) for this registry too; repeatable");

    private readonly Option<string[]> _private = Repeatable(
        "--private-network", "HOST", "This registry's name may resolve to a private address; repeatable");

    private readonly Option<string[]> _realms = Repeatable(
        "--realm", "HOST=ORIGIN", "This registry may send credentials to this token server, https://…; repeatable");

    private readonly Option<string[]> _redirects = Repeatable(
        "--redirect-host", "HOST=HOST", "This registry may redirect downloads to that host; repeatable");

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _layouts, _plainHttp, _authorities, _private, _realms, _redirects })
            command.Options.Add(option);
    }

    /// <summary>How to reach the hosts that options name, and those of <paramref name="hosts"/> as usual.</summary>
    /// <exception cref="CommandFailure">An option is malformed, or contradicts another.</exception>
    public IReadOnlyList<RegistryOptions> Read(ParseResult parsed, IEnumerable<string> hosts)
    {
        var byHost = new SortedDictionary<string, RegistryOptions>(StringComparer.Ordinal);
        foreach (var (host, value) in Pairs(parsed, _layouts))
        {
            const string Scheme = "oci:";
            if (!value.StartsWith(Scheme, StringComparison.Ordinal) || value.Length == Scheme.Length)
                throw CommandFailure.BadInput(
                    $"--registry is HOST=oci:PATH, not '{Printable.Escape($"{host}={value}")}'");
            var path = value[Scheme.Length..];
            if (!Directory.Exists(path))
                throw CommandFailure.BadInput($"--registry: there is no folder '{Printable.Escape(path)}'");
            Change(byHost, host, options => options with { LayoutPath = path });
        }

        foreach (var host in Hosts(parsed, _plainHttp))
            Change(byHost, host, options => options with { PlainHttp = true });
        foreach (var (host, value) in Pairs(parsed, _authorities))
            Change(byHost, host, options => options with { CaFile = value });
        foreach (var host in Hosts(parsed, _private))
            Change(byHost, host, options => options with { PrivateNetwork = true });
        foreach (var (host, value) in Pairs(parsed, _realms))
            Change(byHost, host, options => options with { Realms = [.. options.Realms, value] });
        foreach (var (host, value) in Pairs(parsed, _redirects))
            Change(byHost, host, options => options with { RedirectHosts = [.. options.RedirectHosts, value] });

        foreach (var host in hosts)
            byHost.TryAdd(host, new RegistryOptions { Host = host });
        return [.. byHost.Values];
    }

    /// <summary>Opens the registries, with the logins of Docker's configuration.</summary>
    /// <exception cref="CommandFailure">An option is malformed, or contradicts another.</exception>
    public Registries Open(ParseResult parsed, IEnumerable<string> hosts, Surroundings surroundings)
    {
        try
        {
            var logins = new DockerConfig(DockerConfigPath(surroundings), surroundings.Clock);
            return new Registries(Read(parsed, hosts), logins, surroundings.Clock);
        }
        catch (ArgumentException unusable)
        {
            throw CommandFailure.BadInput(unusable.Message);
        }
    }

    private static string DockerConfigPath(Surroundings surroundings) =>
        surroundings.Variable("DOCKER_CONFIG") is { Length: > 0 } folder
            ? Path.Combine(folder, "config.json")
            : DockerConfig.DefaultPath;

    private static void Change(
        SortedDictionary<string, RegistryOptions> byHost, string host, Func<RegistryOptions, RegistryOptions> change)
    {
        var changed = change(byHost.GetValueOrDefault(host) ?? new RegistryOptions { Host = host });
        var overNetwork = changed.PlainHttp || changed.CaFile is not null || changed.PrivateNetwork
            || changed.Realms.Count > 0 || changed.RedirectHosts.Count > 0;
        byHost[host] = changed.LayoutPath is null || !overNetwork
            ? changed
            : throw CommandFailure.BadInput($"'{host}' is a layout directory; no other registry option applies to it");
    }

    private static IEnumerable<string> Hosts(ParseResult parsed, Option<string[]> option) =>
        parsed.GetValue(option)!.Select(host => Checked(option, host));

    private static IEnumerable<(string Host, string Value)> Pairs(ParseResult parsed, Option<string[]> option)
    {
        foreach (var text in parsed.GetValue(option)!)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            yield return equals > 0 && equals < text.Length - 1
                ? (Checked(option, text[..equals]), text[(equals + 1)..])
                : throw CommandFailure.BadInput($"{option.Name} is {option.HelpName}, not '{Printable.Escape(text)}'");
        }
    }

    private static string Checked(Option option, string host) => HostGrammar.IsHost(host)
        ? host
        : throw CommandFailure.BadInput($"{option.Name}: '{Printable.Escape(host)}' is not a host");

    private static Option<string[]> Repeatable(string name, string form, string description) => new(name)
    {
        Description = description,
        HelpName = form,
        DefaultValueFactory = _ => [],
    };
}
