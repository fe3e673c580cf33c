// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Testing;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Sigstore.Clients.Tests.Tuf;

/// <summary>A repository, a clock, and a client that begins with the repository's first root.</summary>
internal sealed class TufWorld : IDisposable
{
    private readonly TempFolder _folder = new();

    public TufWorld()
    {
        Repository = new TufRepository(Clock);
        Source = new ServedFiles(Repository);
        State = new TufState(_folder["state"]);
    }

    public ManualClock Clock { get; } = new();

    public TufRepository Repository { get; }

    public ServedFiles Source { get; }

    public TufState State { get; }

    /// <summary>A path beside the state.</summary>
    public string this[string name] => _folder[name];

    public Task<TufUpdate> UpdateAsync(ITufSource? source = null, byte[]? root = null, string target = "trusted_root.json", TufState? state = null)
    {
        Assert.True(TufTargetName.TryParse(target, out var name, out var problem), problem);
        return new TufClient(root ?? Repository.FirstRoot, state ?? State, source ?? Source)
            .UpdateAsync(name, Clock.GetUtcNow(), CancellationToken.None).AsTask();
    }

    /// <summary>An update that has to be done.</summary>
    public async Task<TufUpdate> DoneAsync(ITufSource? source = null, byte[]? root = null, TufState? state = null)
    {
        var update = await UpdateAsync(source, root, state: state);
        Assert.True(update.IsDone, update.Problem?.ToString());
        return update;
    }

    /// <summary>An update that has to be refused, by its reason, its step and its words.</summary>
    public async Task RefusedAsync(
        ReasonCode reason, string section, string text, ITufSource? source = null, byte[]? root = null, string target = "trusted_root.json")
    {
        var update = await UpdateAsync(source, root, target);
        Assert.False(update.IsDone, "nothing was refused");
        Assert.True(reason == update.Problem.Reason && section == update.Problem.Section, $"{update.Problem} instead of {reason} (TUF {section})");
        Assert.Contains(text, update.Problem.Message, StringComparison.Ordinal);
    }

    public Task InvalidAsync(string section, string text) => RefusedAsync(ReasonCode.TrustRootInvalid, section, text);

    /// <summary>The target that an update gave.</summary>
    public static string TextOf(TufUpdate update) => System.Text.Encoding.UTF8.GetString(update.Target.Span);

    public void Dispose() => _folder.Dispose();
}

/// <summary>Gives what a simulated repository serves, and remembers what was asked for.</summary>
internal sealed class ServedFiles(TufRepository repository) : ITufSource
{
    public List<string> Asked { get; } = [];

    /// <summary>After how many answers the client is stopped.</summary>
    public int StopsAfter { get; set; } = int.MaxValue;

    public ValueTask<TufFetched> FetchAsync(TufPath path, int most, CancellationToken cancellationToken)
    {
        if (Asked.Count >= StopsAfter)
            throw new OperationCanceledException("killed");

        Asked.Add(path.Served);
        return ValueTask.FromResult(repository.Files.TryGetValue(path.Served, out var content)
            ? content.Length > most ? TufFetched.TooLong(path, most) : TufFetched.Found(content)
            : TufFetched.Absent);
    }
}
