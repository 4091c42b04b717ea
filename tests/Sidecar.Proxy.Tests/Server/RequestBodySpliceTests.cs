using System.Text;
using Sidecar.Proxy.Server;

namespace Sidecar.Proxy.Tests.Server;

public sealed class RequestBodySpliceTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 3)]
    [InlineData(6, 0)]
    [InlineData(0, 6)]
    public void Only_the_bytes_that_go_are_replaced_however_much_room_there_is(int start, int length)
    {
        foreach (var repeat in new[] { 0, 1, 20_000 })
        {
            var body = new RequestBody();
            body.Replace("abcdef"u8);
            var text = string.Concat(Enumerable.Repeat("xy", repeat));
            body.Splice(start, length, Encoding.ASCII.GetBytes(text));
            Assert.Equal("abcdef"[..start] + text + "abcdef"[(start + length)..], Encoding.ASCII.GetString(body.Bytes.Span));
            body.Release();
        }
    }
}
