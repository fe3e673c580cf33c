// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>
/// Reads the lines of an EPSS file: one with the model's version and the day, one with the names of the columns, then one for
/// each vulnerability. The last line ends like every other, so that a file that is cut off is noticed.
/// </summary>
internal sealed class EpssReader(string path)
{
    private const string Columns = "cve,epss,percentile";

    private readonly Dictionary<string, double> _scores = new(StringComparer.OrdinalIgnoreCase);
    private int _line;
    private PolicyProblem? _problem;
    private string? _model;
    private DateTimeOffset? _date;

    internal EpssScores? Read(ReadOnlySpan<byte> content, out PolicyProblem? problem)
    {
        if (content.Length > Limits.EpssBytes)
            Refuse($"the file has more than {Limits.EpssBytes} bytes");
        else if (content is [0x1F, 0x8B, ..])
            Refuse("the file is packed with gzip; unpack it first");
        else
            ReadLines(content);

        if (_problem is null && _scores.Count == 0)
            Refuse("there is no score");
        problem = _problem;
        return problem is null ? new EpssScores(Digest.Compute(content), _model, _date!.Value, _scores) : null;
    }

    private void ReadLines(ReadOnlySpan<byte> rest)
    {
        while (rest.Length > 0 && _problem is null)
        {
            _line++;
            var end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                Refuse("the last line has no end; the file is not whole");
                return;
            }

            var line = rest[..end].TrimEnd((byte)'\r');
            rest = rest[(end + 1)..];
            if (line.Length > Limits.EpssLineBytes || !Ascii.IsValid(line))
                Refuse($"the line is no ASCII text of at most {Limits.EpssLineBytes} characters");
            else
                ReadLine(Encoding.ASCII.GetString(line));
        }
    }

    private void ReadLine(string line)
    {
        switch (_line)
        {
            case 1:
                ReadHead(line);
                break;
            case 2 when !string.Equals(line, Columns, StringComparison.Ordinal):
                Refuse($"expected the columns {Columns}, found '{Printable.Escape(line)}'");
                break;
            case > 2:
                ReadScore(line);
                break;
        }
    }

    // "#model_version:v2025.03.14,score_date:2025-04-01T00:00:00+0000"
    private void ReadHead(string line)
    {
        foreach (var part in line.TrimStart('#').Split(','))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon < 0 ? (part, "") : (part[..colon], part[(colon + 1)..]);
            if (name is "model_version")
                _model = value;
            if (name is "score_date" && Times.TryParse(value.Replace("+0000", "Z", StringComparison.Ordinal), out var date))
                _date = date;
        }

        if (line[0..Math.Min(1, line.Length)] is not "#" || _date is null)
            Refuse($"expected # and score_date: with a time, found '{Printable.Escape(line)}'");
    }

    private void ReadScore(string line)
    {
        var columns = line.Split(',');
        if (columns.Length != 3 || !CveId.IsMatch(columns[0]) || !TryProbability(columns[1], out var score)
            || !TryProbability(columns[2], out _))
        {
            Refuse($"expected a CVE id and two numbers from 0 to 1, found '{Printable.Escape(line)}'");
        }
        else if (!_scores.TryAdd(columns[0], score))
        {
            Refuse($"{columns[0]} has a score already");
        }
    }

    private static bool TryProbability(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && number is >= 0 and <= 1;

    private void Refuse(string message) =>
        _problem = new PolicyProblem(new SourceLocation(path, Math.Max(_line, 1), 1), ProblemSeverity.Error, message);
}
