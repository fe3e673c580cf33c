// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Reading;

/// <content>The bytes of a report inside the document are handed on as they are read.</content>
internal sealed partial class ReportParser
{
    private Inner _inner;
    private int _innerStart;

    private enum Inner
    {
        None,
        Open,
        Over,
    }

    // A format has one place for such a report, so that none can begin inside another.
    private void BeginInner(int start)
    {
        _innerStart = start;
        _inner = Inner.Open;
        draft.BeginInner();
    }

    private void EndInner(ReadOnlySpan<byte> window)
    {
        draft.Inner!.Add(window[_innerStart..], isLast: true);
        _inner = Inner.None;
    }
}
