// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using SupplyChain.Cli.Keys.Inventory;
using SupplyChain.Cli.Policies;
using SupplyChain.Cli.Rendering;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Keys.Editing;

/// <summary>What the commands that change members have in common: whose, where, and whether to write at all.</summary>
internal sealed class MemberEditor(Surroundings surroundings)
{
    private readonly PolicyArguments _policies = new(surroundings);

    private readonly KeyAccess _access = new(surroundings);

    private readonly Option<string> _attestor = new("--attestor")
    {
        Description = "The attestor whose member it is",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string> _policy = new("--policy")
    {
        Description = "The file that defines the attestor, or the folder of policies that holds it; "
            + "the file is changed",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _ledger = KeyArguments.LedgerOption();

    private readonly Option<string?> _publicKey = new(PublicHalf.OptionName)
    {
        Description = "Which public key a member means that names none, where its key service shows another one than the attestor first "
            + "used: the first digits of its id, or its file",
        HelpName = "KEY",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Show what would be changed, and change nothing",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_attestor);
        command.Options.Add(_policy);
        command.Options.Add(_ledger);
        command.Options.Add(_publicKey);
        command.Options.Add(_dryRun);
        _access.AddTo(command);
    }

    /// <summary>Opens the ledger, if one is named; the caller disposes it.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public LedgerReader? OpenLedger(ParseResult parsed) => KeyArguments.OpenLedger(parsed.GetValue(_ledger));

    public string PathOf(ParseResult parsed) => parsed.GetRequiredValue(_policy);

    /// <summary>Reads the attestor with its keys, and how other keys are reached.</summary>
    public async Task<OpenedAttestor> ReadAsync(
        ParseResult parsed, LedgerReader? ledger, CancellationToken cancellationToken)
    {
        var services = await _access.ReadAsync(parsed, cancellationToken);
        var file = await AttestorFile.ReadAsync(
            PathOf(parsed), parsed.GetRequiredValue(_attestor), _policies, cancellationToken);
        var keys = await new KeyInventory(services, ledger).ReadAsync(file.Attestor, cancellationToken);
        return new OpenedAttestor(file, keys, services, parsed.GetValue(_publicKey), IsCompared: ledger is not null);
    }

    /// <summary>The other attestors of the same policies that have a key and do not revoke it themselves, each with that member's key.</summary>
    public static async Task<IReadOnlyList<(OpenedAttestor Opened, KeyRecord Key)>> FindOthersAsync(
        OpenedAttestor opened, KeyRecord key, LedgerReader? ledger, CancellationToken cancellationToken)
    {
        var found = new List<(OpenedAttestor, KeyRecord)>();
        foreach (var file in opened.File.Others)
        {
            var keys = await new KeyInventory(opened.Services, ledger).ReadAsync(file.Attestor, cancellationToken);
            found.AddRange(keys.Where(other => IsSame(other, key) && other.OwnRevocation is null)
                .Select(other => (opened with { File = file, Keys = keys }, other)));
        }

        return found;
    }

    private static bool IsSame(KeyRecord other, KeyRecord key) => other.Member!.NamesPublicKey || key.Uri is null || other.Uri != key.Uri
        ? other.Id is not null && other.Id == key.Id
        : true;

    /// <summary>
    /// Shows the changes on <paramref name="screen"/>, and makes them; false where they were only to be shown.
    /// </summary>
    /// <exception cref="CommandFailure">They have to be made by hand, or make no policy that could be used.</exception>
    public bool CarryOut(
        ParseResult parsed, AttestorFile file, Screen screen, IReadOnlyList<MemberChange> changes,
        MemberAddition? addition)
    {
        var complaints = surroundings.ErrorScreen();
        if (!file.TryRevise(changes, addition, out var revision, out var problem))
        {
            WriteByHand(complaints, file, changes, addition);
            throw CommandFailure.BadInput($"{file.File.Path} {problem}; make the change above by hand");
        }

        revision.Check(complaints, surroundings.Clock.GetUtcNow());
        revision.WriteDiff(screen);
        if (parsed.GetValue(_dryRun))
        {
            screen.Line("Nothing was written (--dry-run).", Tone.Doubt);
            return false;
        }

        revision.Write();
        screen.Line($"Written to {file.File.Path}.", Tone.Good);
        return true;
    }

    private static void WriteByHand(
        Screen screen, AttestorFile file, IReadOnlyList<MemberChange> changes, MemberAddition? addition)
    {
        foreach (var change in changes)
        {
            var place = file.Attestor.Members[change.Index].Location;
            screen.Line(string.Create(
                CultureInfo.InvariantCulture, $"{place}: in spec.members[{change.Index}], set"));
            Write([.. change.Fields.Select(field => $"{field.Name}: {field.Value}")]);
            if (change.PublicKey is { } key)
                Write(MembersText.OfPublicKey(key));
        }

        if (addition is null)
            return;
        screen.Line($"{file.Attestor.Location}: to spec.members, add");
        Write(addition.Lines);

        void Write(IEnumerable<string> lines)
        {
            foreach (var line in lines)
                screen.Line("    " + line);
        }
    }
}

/// <summary>An attestor's document, and what is known of its keys, each at its member's place.</summary>
/// <param name="File">The document.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Services">How other keys are reached.</param>
/// <param name="PublicKey">What the user said of the public key that is meant.</param>
/// <param name="IsCompared">Whether there is a ledger to compare public keys with.</param>
internal sealed record OpenedAttestor(
    AttestorFile File, IReadOnlyList<KeyRecord> Keys, KeyServices Services, string? PublicKey, bool IsCompared)
{
    public AttestorDefinition Attestor => File.Attestor;

    /// <summary>The place of the one member that a command line means.</summary>
    /// <exception cref="CommandFailure">None is meant, or several are.</exception>
    public async Task<int> FindAsync(string key, CancellationToken cancellationToken)
    {
        var found = await KeySelection.FindAsync(key, Keys, Services, cancellationToken);
        return found is [var one]
            ? IndexOf(one)
            : throw CommandFailure.BadInput(
                $"'{Printable.Escape(key)}' means {found.Count} keys of {Attestor.Name}: {Describe(found)}");
    }

    public int IndexOf(KeyRecord key)
    {
        for (var i = 0; i < Keys.Count; i++)
        {
            if (ReferenceEquals(Keys[i].Member, key.Member))
                return i;
        }

        throw new ArgumentException("The key is of another attestor.", nameof(key));
    }

    public List<KeyRecord> In(MemberState state) => [.. Keys.Where(key => key.Member!.State == state)];

    /// <summary>The key with the public half that is meant, where its service and the ledger do not say the same.</summary>
    /// <exception cref="KmsException">KEY_CHANGED: the user has to say which.</exception>
    public KeyRecord Settle(KeyRecord key) => PublicHalf.Settle(key, PublicKey);

    /// <summary>Makes sure that the public key that the user named is one of those that are changed.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public void EnsureMeant(IEnumerable<KeyRecord> changed) => PublicHalf.EnsureMeant(changed.Select(Settle), PublicKey);

    /// <summary>
    /// A member's change. A key that no longer signs may be taken out of its service, and nobody could load a policy
    /// that only names it there: its public half is written down.
    /// </summary>
    /// <exception cref="KmsException">KEY_CHANGED: the user has to say which public half is meant.</exception>
    public MemberChange Change(KeyRecord key, MemberState state)
    {
        var settled = Settle(key);
        return new MemberChange(IndexOf(key), state)
        {
            PublicKey = state != MemberState.Signing && !key.Member!.NamesPublicKey && IsWhatItsTextMeans(settled)
                ? settled.PublicKey
                : null,
        };
    }

    public static string Describe(IEnumerable<KeyRecord> keys) => string.Join(", ", keys.Select(key =>
        $"{key.Uri ?? "a public key"} ({(key.Id is { } id ? KeyWords.Short(id) : "unknown")})"));

    // A key that its service fixes to another algorithm than usual needs more than its public half.
    private static bool IsWhatItsTextMeans(KeyRecord key) => key.PublicKey is { } known
        && (key.Member!.Algorithm is not null || MembersText.IsUsual(known));
}
