// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Evidence;

/// <summary>How much of what lies beside an image one question may download; its readers share it. Thread-safe.</summary>
public sealed class AttachmentBudget
{
    private long _wanted;

    /// <summary>Whether more was wanted than there is: then what was read is only a part.</summary>
    public bool IsExceeded => Interlocked.Read(ref _wanted) > Limits.AttachmentsBytes;

    /// <summary>Takes <paramref name="bytes"/> before they are downloaded; false when there are not as many left.</summary>
    public bool TryTake(long bytes) => Interlocked.Add(ref _wanted, bytes) <= Limits.AttachmentsBytes;
}
