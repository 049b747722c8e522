using System.Globalization;
using EnergyManager.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnergyManager.Tests.Web;

public sealed class SubscribersTests
{
    [Fact]
    public async Task Notify_FromAnotherContext_CallsBackInTheLanguageOfTheSubscriber()
    {
        var subscribers = new Subscribers<int>(NullLogger.Instance);
        string? heard = null;
        using var subscription = await Task.Run(() =>
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("vi-VN");
            return subscribers.Add(_ => heard = CultureInfo.CurrentUICulture.Name);
        });

        await Task.Run(() =>
        {
            CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
            subscribers.Notify(1);
        });

        heard.ShouldBe("vi-VN");
    }

    [Fact]
    public void Notify_AfterDispose_DoesNotCallBack()
    {
        var subscribers = new Subscribers<int>(NullLogger.Instance);
        var heard = 0;
        Action<int> callback = _ => heard++;
        using var stays = subscribers.Add(callback);
        subscribers.Add(callback).Dispose();

        subscribers.Notify(1);

        heard.ShouldBe(1);
    }

    [Fact]
    public void Notify_SubscriberThatThrows_DoesNotKeepOthersFromHearing()
    {
        var subscribers = new Subscribers<int>(NullLogger.Instance);
        var heard = 0;
        using var bad = subscribers.Add(_ => throw new InvalidOperationException("bad"));
        using var good = subscribers.Add(value => heard = value);

        subscribers.Notify(7);

        heard.ShouldBe(7);
    }
}
