// SPDX-License-Identifier: Apache-2.0

using System.IO.Enumeration;

namespace SupplyChain.Testing.Registry;

/// <summary>Something that goes wrong with requests of a kind.</summary>
/// <param name="Method">The request's method, or <c>*</c>.</param>
/// <param name="Path">The request's path; <c>*</c> stands for anything.</param>
/// <param name="Effect">What goes wrong.</param>
public sealed record Fault(string Method, string Path, FaultEffect Effect)
{
    private int _left = int.MaxValue;

    /// <summary>How many requests it strikes before it is over.</summary>
    public int Times
    {
        get => _left;
        init => _left = value;
    }

    internal bool Strikes(SeenRequest request) =>
        request.Matches(Method, Path) && Interlocked.Decrement(ref _left) >= 0;
}

/// <summary>What goes wrong.</summary>
public abstract record FaultEffect
{
    private FaultEffect()
    {
    }

    /// <summary>Another answer instead; nothing is done.</summary>
    public sealed record Answer(Reply Reply) : FaultEffect;

    /// <summary>The right answer, changed on its way.</summary>
    public sealed record Change(Func<Reply, Reply> With) : FaultEffect;

    /// <summary>No answer until the client gives up.</summary>
    public sealed record Hang : FaultEffect;

    /// <summary>The right answer, one byte at a time.</summary>
    public sealed record Drip(TimeSpan Pause) : FaultEffect;

    /// <summary>An answer that never ends.</summary>
    public sealed record Endless(string ContentType) : FaultEffect;

    /// <summary>The work is done, and then the connection breaks instead of an answer.</summary>
    public sealed record LoseAnswer : FaultEffect;

    /// <summary>Half of the answer, and then the connection breaks.</summary>
    public sealed record BreakOff : FaultEffect;

    /// <summary>Something else happens before the request is worked on.</summary>
    public sealed record Before(Func<SeenRequest, Task> Happening) : FaultEffect;

    /// <summary>Something else happens between the work and the answer.</summary>
    public sealed record After(Func<SeenRequest, Task> Happening) : FaultEffect;

    /// <summary>An answer of this status without a body.</summary>
    public static FaultEffect Status(int status, params (string Name, string Value)[] headers) =>
        new Answer(Reply.Of(status, headers));

    /// <summary>A redirect.</summary>
    public static FaultEffect RedirectTo(string location) => Status(307, ("Location", location));

    /// <summary>The right headers over other bytes.</summary>
    public static FaultEffect OtherBytes(byte[] bytes) => new Change(reply => reply with { Body = bytes });

    /// <summary>One header changed, added, or taken away.</summary>
    public static FaultEffect Header(string name, string? value) => new Change(reply => reply.With(name, value));
}

/// <summary>A request as the simulator saw it.</summary>
public sealed record SeenRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Whether it is of a kind; <c>*</c> stands for anything.</summary>
    public bool Matches(string method, string path) =>
        (method is "*" || string.Equals(method, Method, StringComparison.Ordinal))
        && FileSystemName.MatchesSimpleExpression(path, Path, ignoreCase: false);

    /// <summary>A header, or <see langword="null"/>.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Method and path.</summary>
    public override string ToString() => $"{Method} {Path}{Query}";
}

/// <summary>An answer before it is sent.</summary>
public sealed record Reply(int Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>An answer without a body.</summary>
    public static Reply Of(int status, params (string Name, string Value)[] headers) => Of(status, [], headers);

    /// <summary>An answer.</summary>
    public static Reply Of(int status, byte[] body, params (string Name, string Value)[] headers) =>
        new(status, body, headers.ToDictionary(
            header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase));

    /// <summary>An error document as registries write it.</summary>
    public static Reply Error(int status, string code, params (string Name, string Value)[] headers) => Of(
        status, [.. System.Text.Encoding.UTF8.GetBytes(
            $$"""{"errors":[{"code":"{{code}}","message":"said the simulator"}]}""")],
        [("Content-Type", "application/json"), .. headers]);

    /// <summary>The answer with a header set, or taken away.</summary>
    public Reply With(string name, string? value)
    {
        var headers = new Dictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase);
        headers.Remove(name);
        if (value is not null)
            headers[name] = value;
        return this with { Headers = headers };
    }
}
