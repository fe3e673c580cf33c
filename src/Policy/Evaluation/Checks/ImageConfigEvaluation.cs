// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Judges what the configuration of an image says.</summary>
internal static class ImageConfigEvaluation
{
    private const string Type = "imageConfig";

    internal static CheckResult Evaluate(ImageConfigCheck check, CheckContext context) =>
        PlatformJudgement.ToResult(
            check, Type, context, "the configuration is as the policy asks",
            configuration => (check.RequiresNonRoot ? JudgeUser(configuration.User) : null)
                ?? JudgePorts(check.DeniedPorts, configuration.ExposedPorts)
                ?? JudgeLabels(check.RequiredLabels, configuration.Labels));

    // A name is looked up in the image's own /etc/passwd, which may give it the number 0: only a number proves anything. Runtimes take
    // "+0", "00" and numbers beyond 31 bits for what they like, so only plain numbers count.
    private static Rejection? JudgeUser(string user)
    {
        var name = user.Split(':')[0];
        var isNumber = name.Length > 0 && name.All(char.IsAsciiDigit);
        if (isNumber && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) && uid > 0)
            return null;

        var shown = Printable.Escape(user);
        return new Rejection(ReasonCode.UserNotAllowed, name switch
        {
            "" => "it names no user, so that root runs",
            "root" => "it runs as root",
            _ when isNumber => $"it runs as {shown}, which is root or no number of a user",
            _ => $"it runs as {shown}, and a name does not prove which user that is",
        })
        {
            Expected = "a user by number, other than 0",
            Actual = user.Length == 0 ? "no user" : shown,
        };
    }

    private static Rejection? JudgePorts(IReadOnlyList<int> denied, IReadOnlyList<string> exposed)
    {
        foreach (var port in denied.Count == 0 ? [] : exposed)
        {
            var found = TryReadRange(port, out var first, out var last)
                ? denied.Cast<int?>().FirstOrDefault(number => first <= number && number <= last)
                : denied[0];
            if (found is not null)
            {
                return new Rejection(ReasonCode.PortDenied, $"it exposes {Printable.Escape(port)}")
                {
                    Expected = $"none of the ports {string.Join(", ", denied)}",
                    Actual = Printable.Escape(port),
                };
            }
        }

        return null;
    }

    // "22/tcp", "22", "8000-8010/udp"; what cannot be read may be any port.
    private static bool TryReadRange(string port, out int first, out int last)
    {
        var numbers = port.Split('/')[0].Split('-');
        last = 0;
        return int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && numbers.Length <= 2
            && int.TryParse(numbers[^1], NumberStyles.None, CultureInfo.InvariantCulture, out last)
            && first <= last;
    }

    private static Rejection? JudgeLabels(IReadOnlyDictionary<string, string?> required, IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (name, value) in required.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            var found = labels.GetValueOrDefault(name);
            if (value is null ? string.IsNullOrWhiteSpace(found) : !string.Equals(value, found, StringComparison.Ordinal))
            {
                var label = Printable.Escape(name);
                return new Rejection(ReasonCode.LabelMissing, found is null ? $"it has no label {label}" : $"its label {label} has another value")
                {
                    Expected = value is null ? $"a label {label}" : $"{label}={Printable.Escape(value)}",
                    Actual = found is null ? "none" : $"{label}={Printable.Escape(found)}",
                };
            }
        }

        return null;
    }
}
