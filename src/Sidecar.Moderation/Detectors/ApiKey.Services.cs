namespace Sidecar.Moderation.Detectors;

/// <summary>Chat, mail, payments, shops, and other services.</summary>
internal static partial class ApiKey
{
    private const int PlaceholderRun = 8;

    private static Run[] ServiceRuns() =>
    [
        // Slack
        new("xoxb-", "[0-9]{8,14}-(?:[0-9]{10,13}[0-9A-Za-z-]{0,80}|[0-9A-Za-z]{18,26})", Above3),
        new("xoxe- xoxo- xoxp- xoxs-", "[0-9]{6,13}(?:-[0-9]{6,13}){2}-[0-9A-Za-z-]{8,64}", IsNoPlaceholder),
        new("xoxa- xoxr-", "(?:[0-9]-)?[0-9A-Za-z]{8,48}", Above3),
        new("xapp-", "[0-9]-[0-9A-Z]{6,14}-[0-9]{6,16}-[0-9A-Za-z]{16,80}", Above3),
        new("xoxe-", "[0-9]-[0-9A-Za-z]{146}", Above3),
        new("xoxe.xoxb- xoxe.xoxp-", "[0-9]-[0-9A-Za-z]{163,166}", Above3),
        // Twilio, SendGrid, Brevo, Mailgun, Resend
        new("SK", "[0-9A-Fa-f]{32}", Above3),
        new("SG.", "[0-9A-Za-z=_.-]{66}", Above3),
        new("xkeysib-", "[0-9a-f]{64}-[0-9A-Za-z]{16}", Above3),
        new("re_", "[0-9A-Za-z]{8}_[0-9A-Za-z]{24}", Above3),
        // Stripe, Square, Flutterwave, Razorpay, Plaid, Lob
        new("sk_test_ sk_live_ sk_prod_ rk_test_ rk_live_ rk_prod_", "[0-9A-Za-z]{10,99}", IsStripes),
        new("whsec_", "[0-9A-Za-z]{32}", Above3),
        new("sq0atp- sq0csp-", "[0-9A-Za-z_-]{22,60}", Above3),
        new("FLWSECK_TEST- FLWPUBK_TEST- FLWSECK- FLWPUBK-", "[0-9A-Ha-h]{32}-X", Above3),
        new("FLWSECK_TEST-", "[0-9A-Ha-h]{12}", Above3),
        new("rzp_test_ rzp_live_", "[0-9A-Za-z]{14}", Above3),
        new("access-sandbox- access-development- access-production-", "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", Above3),
        new("test_ live_", "(?:[0-9A-Fa-f]{35}|pub_[0-9A-Fa-f]{31})", Above3),
        // Shopify, Shippo, EasyPost, Duffel
        new("shpat_ shpca_ shppa_ shpss_", "[0-9A-Fa-f]{32}", Above3),
        new("shippo_test_ shippo_live_", "[0-9A-Fa-f]{40}", Above3),
        new("EZAK EZTK", "[0-9A-Za-z]{54}", Above3),
        new("duffel_test_ duffel_live_", "[0-9A-Za-z_=-]{43}", Above3),
        // Adobe, Airtable, Contentful, Figma, Frame.io, HubSpot, Intra 42
        new("p8e-", "[0-9A-Za-z]{32}", Above3),
        new("pat", "[0-9A-Za-z]{14}\\.[0-9a-f]{64}", Above3),
        new("CFPAT-", "[0-9A-Za-z_-]{43}", Above3),
        new("figd_", "[0-9A-Za-z_-]{40,100}", Above3),
        new("fio-u-", "[0-9A-Za-z_=-]{64}", Above3),
        new("pat-na1- pat-eu1-", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", Above3),
        new("s-s4t2ud- s-s4t2af-", "[0-9A-Fa-f]{64}", Above3),
        // Mapbox, Notion, Postman, ReadMe, SettleMint, Typeform
        new("pk. sk.", "[0-9A-Za-z_-]{60,110}\\.[0-9A-Za-z_-]{22}", Above3),
        new("ntn_", "[0-9]{11}[0-9A-Za-z]{35}", Above4),
        new("PMAK-", "[0-9A-Fa-f]{24}-[0-9A-Fa-f]{34}", Above3),
        new("rdme_", "[0-9a-z]{70}", Above3),
        new("sm_aat_ sm_pat_ sm_sat_", "[0-9A-Za-z]{16}", Above3),
        new("tfp_", "[0-9A-Za-z_.=-]{59}", Above3),
        // Authress
        new("sc_ ext_ scauth_ authress_", "[0-9A-Za-z]{5,30}\\.[0-9A-Za-z]{4,6}\\.acc[_-][0-9A-Za-z-]{10,32}\\.[0-9A-Za-z+/_=-]{30,120}", Above3),
    ];

    private static Form[] ServiceForms() =>
    [
        // Slack, Discord, Teams
        new("(?:https?://)?hooks\\.slack\\.com/(?:services|workflows|triggers)/[0-9A-Za-z+/]{40,80}", NotBehind, NotBeforeBase64, Test: IsNoPlaceholder),
        Open("https://(?:canary\\.|ptb\\.)?discord(?:app)?\\.com/api/webhooks/[0-9]{17,20}/[0-9A-Za-z_-]{8}"),
        Open("https://[0-9A-Za-z]{1,63}\\.webhook\\.office\\.com/webhookb2/[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}@"),
        // Discord: a number of 17 to 19 digits in base64, and more
        new("(?:[MNO][DTjz][AEIMQUYcgk][0-5w-z]){2}[0-9A-Za-z]{15,18}\\.[0-9A-Za-z_-]{6}\\.[0-9A-Za-z_-]{27,38}", NotBehind, NotBefore, Test: Above3),
        // Telegram, Mailgun, Facebook, MaxMind, Square
        new("[0-9]{5,16}:A[0-9A-Za-z_-]{34}", NotBehind, NotBefore, Test: Above3),
        new("(?:pub)?key-[0-9A-Fa-f]{32}", "(?<![0-9A-Za-z_-])", NotBefore, Test: Above3),
        new("[0-9]{15,16}(?:\\||%(?:7[Cc])?)[0-9A-Za-z_-]{27,40}", NotBehind, NotBefore, Test: Above3),
        Open("EAA[MC][0-9A-Za-z]{40}"),
        new("[0-9A-Za-z]{6}_[0-9A-Za-z]{29}_mmk", NotBehind, NotBefore, Test: Above4),
        new("EAAA[0-9A-Za-z_-]{22,60}", "(?<![0-9A-Za-z+/=])", "(?![0-9A-Za-z+/=_-])", Test: Above3),
        // Dropbox, Sidekiq's shop
        Open("sl\\.(?:u\\.)?[0-9A-Za-z_=-]{40}"),
        new("https?://[0-9a-f]{8}:[0-9a-f]{8}@(?:gems|enterprise)\\.contribsys\\.com", NotBehind, "(?![0-9A-Za-z_.-])", true),
    ];

    // A length that keys have is enough, but for xxxx.
    private static bool IsStripes(ReadOnlySpan<byte> text) =>
        Entropy.Of(text) > 3 || (text.Length >= "sk_live_".Length + 24 && text[^1] is not ((byte)'x' or (byte)'X'));

    // hooks.slack.com/services/T00000000/B00000000/XXXX... is what Slack's documentation writes.
    private static bool IsNoPlaceholder(ReadOnlySpan<byte> text)
    {
        var run = 1;
        for (var i = 1; i < text.Length; i++)
        {
            run = text[i] == text[i - 1] ? run + 1 : 1;
            if (run == PlaceholderRun) return false;
        }
        return true;
    }
}
