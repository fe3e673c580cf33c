// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci;

/// <summary>
/// Asks a program named <c>docker-credential-NAME</c> for a login. docker/docker-credential-helpers, "get".
/// </summary>
internal static class CredentialHelper
{
    private const string NotFound = "credentials not found in native keychain";

    /// <summary>The login the helper holds for a server, or <see langword="null"/> if it holds none.</summary>
    /// <exception cref="RegistryException">
    /// REGISTRY_DENIED: the helper cannot be run, failed, or answered nonsense.
    /// </exception>
    public static async ValueTask<RegistryCredential?> AskAsync(
        string name, string server, TimeProvider clock, CancellationToken cancellationToken)
    {
        var program = Find(name);
        using var deadline = new CancellationTokenSource(Limits.CredentialHelper, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using var process = Process.Start(new ProcessStartInfo(program, ["get"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        }) ?? throw Failed(name, "cannot be started");
        try
        {
            return await ConverseAsync(process, name, server, either.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(name, $"did not answer within {Limits.CredentialHelper.TotalSeconds:0} s", late);
        }
        catch (IOException broken)
        {
            throw Failed(name, "broke off", broken);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async ValueTask<RegistryCredential?> ConverseAsync(
        Process process, string name, string server, CancellationToken cancellationToken)
    {
        // Drained, so that a talkative helper does not block; never repeated, for it may hold the secret.
        var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
        await TellAsync(process.StandardInput.BaseStream, server, cancellationToken);
        var answer = await ReadAsync(process.StandardOutput.BaseStream, name, cancellationToken);
        await errors;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode == 0)
            return Read(answer, name);

        return Encoding.UTF8.GetString(answer).Contains(NotFound, StringComparison.Ordinal)
            ? null
            : throw Failed(name, $"failed with exit code {process.ExitCode}");
    }

    private static async ValueTask TellAsync(Stream input, string server, CancellationToken cancellationToken)
    {
        try
        {
            await using (input)
                await input.WriteAsync(Encoding.UTF8.GetBytes(server), cancellationToken);
        }
        catch (IOException)
        {
            // It ended without listening; what it said and its exit code tell whether that is all right.
        }
    }

    private static async ValueTask<byte[]> ReadAsync(Stream output, string name, CancellationToken cancellationToken)
    {
        var buffer = new byte[Limits.RegistryTokenBytes + 1];
        var length = await output.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= Limits.RegistryTokenBytes
            ? buffer[..length]
            : throw Failed(name, $"answered with more than {Limits.RegistryTokenBytes} bytes");
    }

    private static RegistryCredential Read(byte[] answer, string name)
    {
        if (!StrictJson.TryParse(answer, out var document, out _))
            throw Failed(name, "did not answer with JSON");

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("Username", out var username) && username.ValueKind == JsonValueKind.String
                && root.TryGetProperty("Secret", out var secret) && secret.ValueKind == JsonValueKind.String)
            {
                return username.ValueEquals("<token>")
                    ? new RegistryCredential.IdentityToken(secret.GetString()!)
                    : new RegistryCredential.Password(username.GetString()!, secret.GetString()!);
            }

            throw Failed(name, "did not answer with a name and a secret");
        }
    }

    // Found in an absolute folder of PATH, never in the current one.
    private static string Find(string name)
    {
        var legal = name.Length is > 0 and <= 64
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        var program = !legal ? null : (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, "docker-credential-" + name))
            .FirstOrDefault(File.Exists);
        return program ?? throw Failed(name, "is not installed");
    }

    private static RegistryException Failed(string name, string what, Exception? cause = null) =>
        new(ReasonCode.RegistryDenied, $"the credential helper '{Printable.Escape(name)}' {what}", cause);
}
