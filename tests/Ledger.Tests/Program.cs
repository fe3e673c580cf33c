// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Tests;
using Xunit.Runner.InProc.SystemConsole;

if (args is [CrashingWriter.Verb, var path])
    return await CrashingWriter.RunAsync(path);
return await ConsoleRunner.Run(args);
