namespace Sidecar.Moderation.Detectors;

/// <summary>The detectors that a rule may name.</summary>
public static class DetectorCatalogue
{
    /// <summary>All of them, in the order of the contract.</summary>
    public static IReadOnlyList<Detector> All { get; } =
    [
        EmailAddress.Detector, PhoneNumber.Detector, PaymentCard.Detector, Iban.Detector, SocialSecurityNumber.Detector, IpAddress.Detector,
        MacAddress.Detector, WalletAddress.Detector, ApiKey.Detector, JsonWebToken.Detector, PrivateKey.Detector,
    ];

    /// <summary>The detector of a name, or null.</summary>
    public static Detector? Find(string name) => All.FirstOrDefault(detector => detector.Name == name);
}
