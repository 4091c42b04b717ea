namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>Lines of answers in which nothing is personal or secret, though much of it looks like it: one text a line.</summary>
internal static class HarmlessTexts
{
    public static IReadOnlyList<string> Lines { get; } = Text.Split('\n');

    private const string Text = """
        The meeting moved from 9:30 to 11:45, and the next one is on 2024-03-15 at 14:00:00.
        At 12:34:56 the server restarted; at 12:34:56.789 it was ready again.
        Runtime was 01:02:03:04 (days, hours, minutes, seconds), or 1:02:03 without the days.
        Between 1999 2000 2001 2002 and 2003 the population grew from 1 234 567 to 1,345,678.
        The total is $1,234,567.89, of which EUR 12.345.678,90 were paid and 699 956 915 Ft are due.
        Revenue rose by +12.5% to 4 111 million; +1 000 000 000 in cash is left.
        Pi is 3.14159265358979323846264338327950288, and e is 2.71828182845904523536.
        Avogadro's constant is 6.02214076e23, the speed of light 299792458 m/s.
        ISBN 978-3-16-148410-0, ISBN-10 0-306-40615-2, ISSN 2049-3630, EAN 4006381333931.
        The DOI is 10.1000/182 and the arXiv number is 2106.09685v2; see also RFC 5321 and RFC 9110.
        CAS numbers: water 7732-18-5, caffeine 58-08-2, ethanol 64-17-5.
        Order 123-4567890-1234567 shipped on 01/02/2024 with tracking number 1Z999AA10123456784.
        Invoice 2024-001234-56, case 22-cv-01234, patent US 10,123,456 B2, part 0123-4567-8901.
        My student number is 20231234567 and the flight is LH 1234 on 12-11-2025.
        Version 1.2.3.4 fixes what 1.2.3.3 broke; 4.8.1.0 and 12.2.0.1 are not affected.
        Chrome/124.0.0.0 Safari/537.36 Edg/124.0.2478.51 (KHTML, like Gecko) Mozilla/5.0
        Install .NET 8.0.204, Node v20.11.1, Python 3.12.2, JDK 21.0.2+13 and V8 9.4.146.19.
        Assembly: Newtonsoft.Json, Version=13.0.0.0, Culture=neutral, PublicKeyToken=30ad4fe6b2a6aeed
        "dependencies": { "react": "^18.2.0", "lodash": "~4.17.21", "typescript": "5.4.0-beta.1" }
        npm install strict-uri-encode@npm:2.0.0 @types/node@20.11.5 left-pad@1.3.0 vite@5.1.0-beta.2
        yarn add https://registry.yarnpkg.com/left-pad/-/left-pad-1.3.0.tgz#5b8a3a7765dfe001261dec915589e782f8c94d1e
        left-pad@1.3.0.tgz and chalk@5.3.0.tar.gz were cached.
        pip install torch==2.2.0 'numpy>=1.26,<2.0' transformers[torch]==4.38.1
        go get golang.org/x/crypto@v0.21.0 && go get github.com/spf13/cobra@latest
        FROM mcr.microsoft.com/dotnet/sdk:8.0@sha256:2f7ac9b1c1a3e2e7a4de4d4b94f9f0f5c3c9d2a1b0e8f7d6c5b4a39281706f5e
        git clone git@github.com:torvalds/linux.git && cd linux && git checkout v6.8-rc5
        commit 9fceb02d0ae598e95dc970b74767f19372d61af8 (HEAD -> main, tag: v1.4.2, origin/main)
        index e69de29bb2d1..d95f3ad14dee 100644
        @@ -12,7 +12,9 @@ def main(argv: list[str]) -> int:
        MD5 d41d8cd98f00b204e9800998ecf8427e, SHA-1 da39a3ee5e6b4b0d3255bfef95601890afd80709
        sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        id: 550e8400-e29b-41d4-a716-446655440000, parent: 6ba7b810-9dad-11d1-80b4-00c04fd430c8
        {"_id": "507f1f77bcf86cd799439011", "createdAt": 1700000000000, "updatedAt": 1700000000123456}
        ULID 01ARZ3NDEKTSV4RRFFQ69G5FAV, KSUID 0ujtsYcgvSTl8PAuAdqWYSMnLOv, nanoid V1StGXR8_Z5jdHi6B-myT
        snowflake 1212092628029698048, message 413113131313131313, user 100004123456789
        chatcmpl-9AbCdEfGhIjKlMnOpQrStUvWxYz12 msg_01XFDUDYJgAACzvnptvVoYEL req_011CSHoEeqs5C35K2UUqR7Fy
        call_abc123def456ghi789jkl012 toolu_01A09q90qw90lq917835lq9 run_zAbCdEfGhIjKlMnOpQrStUv
        system_fingerprint fp_44709d6fcb, model gpt-4o-2024-08-06, claude-3-5-sonnet-20241022
        The block hash is 0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6.
        The zero address is 0x0000000000000000000000000000000000000000, a selector 0xa9059cbb.
        uint8_t magic[] = { 0xDE, 0xAD, 0xBE, 0xEF }; if (x == 0xdeadbeef) return 0x7fffffff;
        000000a0  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  |................|
        0101 1010 0011 1100 in binary is 0x5A3C, and 0755 0644 0600 are file modes.
        chmod 0755 /usr/local/bin/tool; umask 0022; mknod -m 0666 /dev/null c 1 3
        01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20
        The winning numbers are 04-11-23-35-41-07.
        std::cout << "hello" << std::endl; ::close(fd); using a::b::c; int x = A1::B2;
        for (auto& [k, v] : m) { ::std::size_t n = c10::size(v); Foo::bad(); ::add(1, 2); }
        let v: Vec<u8> = iter.collect::<Vec<_>>(); let s = String::from("a"); dead::beef::cafe();
        map :: (a -> b) -> [a] -> [b]
        fact :: Int -> Integer; f x = x :: Double
        x[::2], x[::-1], x[1::2], x[10::5], y[:, ::3], s[::10]
        a = b[1:2:3], c[::], t = arr[0:10:2, ::2]
        Foo::Bar.new(::A).call(:sym => 1) # Ruby's :: and a symbol :abc
        .clearfix::after { content: ""; } a::before { color: #ff00aa; } ::selection { }
        arn:aws:iam::123456789012:role/deploy, arn:aws:s3:::my-bucket/*, arn:aws:iam::aws:policy/ReadOnly
        urn:isbn:0451450523 urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6
        Port 80:443 is mapped; 8080:80, 5432:5432 and 127:0 are not. Ratio 16:9, odds 3:1, John 3:16.
        docker run -p 8080:80 -v $PWD:/app:ro --name web nginx:1.25.3-alpine
        SHA1 Fingerprint=A9:53:A6:C5:5B:44:8E:1D:62:3A:9C:6E:B8:CC:2E:15:4F:0B:7D:91
        SHA256 Fingerprint=3A:5B:44:8E:1D:62:3A:9C:6E:B8:CC:2E:15:4F:0B:7D:91:A9:53:A6:C5:5B:44:8E:1D:62:3A:9C:6E:B8:CC:2E
        ssh-rsa key fingerprint is 16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48
        The empty address is 00:00:00:00:00:00 and everyone's is ff:ff:ff:ff:ff:ff or FF-FF-FF-FF-FF-FF.
        DE:AD is a meme; ZZ:ZZ:ZZ:ZZ:ZZ:ZZ and 0:1a:2b:3c:4d:5e are not written like this.
        The words dead.beef.cafe and the number 1234.5678.9012 have dots.
        @property def name(self): return self._name
        @app.route("/users/<int:id>", methods=["GET"]) @pytest.mark.parametrize("x", [1, 2])
        @media (max-width: 600px) { } @import url("x.css"); @font-face { }
        @Override public String toString() { return "x"; } @RequestMapping("/api/v1/*")
        import { Component } from '@angular/core'; import '@fontsource/inter/400.css';
        Follow @openai and @AnthropicAI, or write to user@localhost, root@db1 or admin@intranet.
        W = Q@K.transpose(-2, -1) / math.sqrt(d); y = x@A.T + b; z = a@b.mean()
        background: url("icon@2x.png"); <img src="logo@3x.webp" srcset="a@1x.jpg 1x, a@2x.jpg 2x">
        systemctl status getty@tty1.service user@1000.service wg-quick@wg0.service
        seurat@meta.data$cluster <- factor(x); obj@assays$RNA@data
        return@forEach; this@MainActivity.runOnUiThread { finish() }; super@Outer.toString()
        $ jupyter notebook --ip=localhost --port=8888 --NotebookApp.token=''
        [2024-05-01T12:34:56Z] INFO  app.main:120 - started in 1234 ms, pid=4242, tid=140735
        Jan 01 00:00:01 host kernel: [    0.000000] Linux version 6.1.0-18-amd64 (gcc-12 12.2.0)
        E0501 12:34:56.789012   12345 reflector.go:147] failed: context deadline exceeded (Client.Timeout)
        at Foo.Bar.<Baz>d__12.MoveNext() in C:\src\Foo\Bar.cs:line 123
        File "/usr/lib/python3.11/site-packages/urllib3/connectionpool.py", line 793, in urlopen
        java.lang.NullPointerException at com.example.Main.main(Main.java:42)
        Segmentation fault (core dumped) at 0x00007ffe4b2a1c30 ip 0000555555555160 sp 00007fffffffe0f0 error 4
        GET /api/v2/items?page=2&limit=50&sort=-created HTTP/1.1 200 1234 "-" 0.012
        curl -sS -X POST http://localhost:8080/v1/chat/completions -H 'Content-Type: application/json' -d '{"model":"m"}'
        export OPENAI_API_KEY=your-api-key-here ANTHROPIC_API_KEY=sk-ant-... HF_TOKEN=hf_xxx
        export API_KEY="sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" OTHER="sk-your-key-goes-here-12345"
        client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])  # never write sk-... into code
        GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx GITLAB=glpat-xxxxxxxxxxxxxxxxxxxx
        SLACK_BOT_TOKEN=xoxb-your-token SLACK_APP_TOKEN=xapp-your-token
        AWS_ACCESS_KEY_ID=AKIAXXXXXXXXXXXXXXXX AWS_SECRET_ACCESS_KEY=<your secret access key>
        <div class="sk-toggleable__content fitted"><label class="sk-toggleable__label-arrow">LinearRegression</label></div>
        STRIPE_KEY=sk_test_your_key STRIPE_PUBLISHABLE=pk_test_your_key STRIPE_LIVE=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx
        A token has the form header.payload.signature, each in base64url; the header {"alg":"HS256","typ":"JWT"} is eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.
        const next = "eyJpZCI6MTIzNDUsImRpciI6Im5leHQifQ=="; // a cursor, {"id":12345,"dir":"next"}
        //# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbImEudHMiXX0=
        eyeTrackingCalibrationService.eyePositionForUser(left) and eyebrowPencilColourNames.eyeliner
        -----BEGIN CERTIFICATE----- MIIBkTCB+wIJAKHHIG11Y4P5MA0GCSqGSIb3DQEBCwUAMA0xCzAJBgNVBAYTAlVT -----END CERTIFICATE-----
        -----BEGIN PUBLIC KEY----- MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf -----END PUBLIC KEY-----
        A PEM file begins with -----BEGIN PRIVATE KEY----- and ends with -----END PRIVATE KEY-----, and is kept secret.
        ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl laptop
        openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem
        integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"
        data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt.
        The quick brown fox jumps over the lazy dog. THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG.
        TODAYINASIAASACKOFRICEFELLOVER and AKIAHARAMASTREET are words without spaces.
        Das Haus hat die Nummer 12a, die Postleitzahl 10115 und kostet 1.234.567,00 Euro.
        Le code postal est 75008 et le prix 12 345,67 EUR; il est 10 h 30.
        El total son 1.234,56 euros; la fecha es 15/03/2024 y la hora 18:30.
        Il prezzo è di 1.500,00 € e l'appuntamento è il 05-06-2023 alle 10:15.
        東京の人口は約1396万人で、面積は2194平方キロメートルです。2024年3月15日に発表されました。
        价格是1,234.56元，日期是2024年05月01日，版本号是3.2.1。
        Население города составляет 1 234 567 человек, площадь 2561,5 км².
        عدد السكان ١٢٣٤٥٦٧ نسمة في عام ٢٠٢٤
        Berlin lies at 52.520008, 13.404954, New York at 40.712776, -74.005974.
        ZIP codes 94103 94104, ZIP+4 02110-1301 and 07805-1121, plates B-AB 1234.
        <path d="M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10c3.51-.98-.32.97 1.1-2.15A4 4 0 0 1 8 14z"/>
        <svg viewBox="0 0 24 24"><path d="M11.1 12.08c-2.33-4.51-.5-8.48.53-10.07,3.24.35.22-1.5,5.34.22.86-.3"/></svg>
        <rect x="10.5" y="20.25" width="100" height="50" fill="#0f0f0f" transform="rotate(-45 100 100)"/>
        Hidden sizes 256 512 1024 2048 with 300 500 1000 steps and 600 900 1800 warm-up.
        | model | params | MMLU | HumanEval |
        | gpt-x | 1.8T   | 86.4 | 67.0 |
        |-------|--------|------|-----------|
        | 2023-01 | 415,555 | 0132 | 1.5e-4 |
        1. First 2. Second 3. Third; see sections 1.2.3, 4.5.6.7 and 10.11.12 of the manual.
        Chapter 12.3.4.5 refers to clause 7.1.2.3, table 3.1.4.1 and DFARS 252.227-7013.
        OID 1.3.6.1.4.1.311.60.2.1.3, 2.5.29.17, 2.5.4.3, 1.2.840.113549.1.1.11 and 1.3.101.112.
        loss=0.4111111111111111 acc=0.5500000000000004 lr=5e-05 epoch=3/10 [01:23<04:56, 1.23it/s]
        [0.0123456789012345, 0.4012888888881881, -0.3714496353984312, 1.0000000000000002]
        4539578763621487 is not a card, 4111111111111112 neither, nor is 1234567812345678.
        9007199254740991 is the greatest safe integer, 18446744073709551615 the greatest of 64 bits.
        Unix time 1712345678 is in milliseconds 1712345678901 and in microseconds 1712345678901234.
        0123456789 and 9876543210 are all the digits; 1234567890 too.
        Call 911 in an emergency, dial 0 for the operator, room 415 is on floor 4.
        The scores were 110-98, 102-99 and 121-117; the series stands 3-1.
        Pages 123-125, lines 10-20, years 1914-1918, 555-0132 in films, model 747-8.
        In 2021-22 the index fell 12-15%; the 24-hour line is staffed 24/7, 365 days.
        Use UTF-8 (RFC 3629), ISO 8601, IEEE 802.11ax, EN 50128, DIN 5008 and ISO/IEC 27001:2022.
        The IBAN has up to 34 characters; DE00 1234 5678 9012 3456 78 has wrong check digits.
        AB12 CD34 EF56 GH78 and XX12 3456 7890 1234 are voucher codes, GB12ABCD too.
        License key: ABCDE-12345-FGHIJ-67890-KLMNO; serial C02XK0AAJGH5; SKU 000-111-2222.
        My postcode is SW1A 1AA and my National Insurance reference starts with AB.
        SSN-like: 000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567, 123-45-0000, 123-45-6789.
        078-05-1120 was printed on a leaflet; 12-345-6789 and 123-456-789 have other groups.
        e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7 6. Re1 b5 7. Bb3 d6
        C4 E4 G4 | Am F C G | 4/4 at 120 bpm, tuned to 440.0 Hz
        ATGCGTACGTTAGCCTAGGATCCGATCGATCGTAGCTAGCTAGCATCGATCGATCGATGC
        H2SO4 + 2 NaOH -> Na2SO4 + 2 H2O; C6H12O6; 1s2 2s2 2p6
        \begin{equation} \int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2} \end{equation}
        SELECT id, name FROM users WHERE created_at > '2024-01-01 00:00:00' AND status IN (1, 2, 3);
        INSERT INTO t VALUES (1, 'abc', 3.14, NULL, '2024-05-01'), (2, 'def', 2.71, TRUE, '2024-05-02');
        {"a":1,"b":[1,2,3],"c":{"d":"e"},"f":null,"g":true,"h":-1.5e+10,"i":"\u00e9"}
        {"name":"get_weather","arguments":"{\"city\":\"Paris\",\"unit\":\"celsius\",\"days\":3}"}
        "usage": {"prompt_tokens": 1234, "completion_tokens": 567, "total_tokens": 1801}
        apiVersion: apps/v1 kind: Deployment metadata: name: web-7d4b9c6f5-x2x9z
        resources: { limits: { cpu: "500m", memory: "128Mi" }, requests: { cpu: 250m } }
        image: ghcr.io/acme/app:1.2.3-rc.4+build.567 imagePullPolicy: IfNotPresent
        if __name__ == "__main__": sys.exit(main(sys.argv[1:]))
        const re = /^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$/i; // an address, roughly
        var pattern = @"\b\d{3}-\d{2}-\d{4}\b"; var v4 = new Regex(@"\d{1,3}(\.\d{1,3}){3}");
        printf("%02x:%02x:%02x:%02x:%02x:%02x\n", m[0], m[1], m[2], m[3], m[4], m[5]);
        ip addr add <address>/<prefix> dev eth0; route add default gw x.x.x.x
        int[] primes = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47};
        matrix = [[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]; 1.0.0.0 and 0.1.0.0 are rows
        color: rgb(255, 128, 0); background: #AABBCC; box-shadow: 0 1px 3px rgba(0,0,0,.12);
        grid-template-columns: 1fr 2fr; margin: 0 auto; transition: all .3s cubic-bezier(.4,0,.2,1);
        "C:\Program Files\dotnet\dotnet.exe" build -c Release /p:Version=1.2.3.4
        Set-ExecutionPolicy RemoteSigned; Get-ChildItem -Recurse | Where-Object { $_.Length -gt 1MB }
        tar -xzf linux-6.8.1.tar.gz && make -j8 && sudo make modules_install install
        TLS_AES_128_GCM_SHA256, ECDHE-RSA-AES256-GCM-SHA384, x25519, secp256r1, 0x1301
        WPA2-PSK on channel 36 (5180 MHz), RSSI -67 dBm, MTU 1500, VLAN 100, AS 64512
        Bluetooth UUID 0000180d-0000-1000-8000-00805f9b34fb, company 0x004C
        GUID {6B29FC40-CA47-1067-B31D-00DD010662DA}, CLSID 00000000-0000-0000-C000-000000000046
        Two to the tenth is 1024, to the twentieth 1048576, to the thirtieth 1073741824.
        7 8 9 / 4 5 6 / 1 2 3 / 0: the keypad; 1 2 3 4 5 6 7 8 9 10 11 12: the months
        Spring 2024 (weeks 12-24), Q1/2024, FY2023/24, 1st-31st, 20th century
        The train leaves platform 9¾ at 11.00; the bus 134 at 08.15, 08.45 and 09.15.
        The probability is 0.05, the p-value 0.0312, the interval [1.96, 2.58], n = 1,024.
        He said: "a.b.c.d is four letters; a@b is none; a@b.c has too short a domain."
        Q: What is 12 * 34 + 56 / 7? A: 416. Q: And 2 ** 10? A: 1024.
        + added line 12025 - removed line 12026 ~ changed line 415
        const validKeyChars = "0123456789abcdefghijklmnopqrstuvwxyz_-.ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        s.makeKubeConfigController = args; s.thisstringisalllowercase; hf_requiredCharacteristicTypesForDisplay
        xoxo-indieweb-1.jpg, glpatrol, npm_config_registry, live_streaming_enabled, test_pub_sub, key-value-store
        access-control-allow-origin: *; x-request-id: 3f2504e0-4f89-11d3-9a0c-0305e82c3301
        etag: W/"33a64df551425fcc55e4d42a148795d9f25f89d4" last-modified: Wed, 21 Oct 2015 07:28:00 GMT
        cache-key-d41d8cd98f00b204e9800998ecf8427e; React keys are key-1, key-2; primary-key-id
        """;
}
