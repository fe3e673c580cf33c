// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Hosting;

/// <summary>Where a path leads once every symbolic link on the way is followed.</summary>
internal static class RealPath
{
    // As Linux itself: more is a loop.
    private const int MostLinks = 40;

    /// <summary>Follows all links of <paramref name="path"/>, which need not exist to its end.</summary>
    /// <exception cref="IOException">The links form a loop.</exception>
    internal static string Of(string path)
    {
        var links = 0;
        var left = new Stack<string>(Split(Path.GetFullPath(path)).Reverse());
        var real = "/";
        while (left.TryPop(out var segment))
        {
            if (segment is "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            var next = Path.Combine(real, segment);
            var target = new FileInfo(next).LinkTarget;
            if (target is null)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                throw new IOException($"too many symbolic links on the way to {path}");

            if (Path.IsPathRooted(target))
                real = "/";
            foreach (var part in Split(target).Reverse())
                left.Push(part);
        }

        return real;
    }

    /// <summary>Whether <paramref name="path"/>, links followed, lies below <paramref name="folder"/>, links followed.</summary>
    internal static bool IsBelow(string path, string folder)
    {
        var real = Of(folder);
        return Of(path).StartsWith(real.EndsWith('/') ? real : real + "/", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Split(string path) => path.Split('/').Where(segment => segment is not ("" or "."));
}
