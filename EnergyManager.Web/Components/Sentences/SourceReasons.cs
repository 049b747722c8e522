namespace EnergyManager.Web.Components.Sentences;

/// <summary>
/// Why a source of models has none, after the source's name; they stand between semicolons. What a source answers in words of its own
/// stays as it is.
/// </summary>
internal static class SourceReasons
{
    /// <summary>English, as the sources write it, and Vietnamese.</summary>
    public static IReadOnlyList<(string English, string Vietnamese)> All { get; } =
    [
        ("the exporter", "bộ xuất mô hình"),
        ("{0} has no ONNX export of {1}", "{0} không có bản ONNX của {1}"),
        ("{0} has no model {1}", "{0} không có mô hình {1}"),
        ("{0} knows no model {1}", "{0} không biết mô hình {1}"),
        ("{0} is not set up (EnergyManager__Exporter__Python names a Python with PyTorch)", "{0} chưa được thiết lập (EnergyManager__Exporter__Python chỉ tới một Python có PyTorch)"),
        ("{0} has no script {1} (EnergyManager__Exporter__Script)", "{0} không có tập lệnh {1} (EnergyManager__Exporter__Script)"),
        ("{0} ended well but wrote no file", "{0} kết thúc bình thường nhưng không ghi tệp nào"),
        ("{0} wrote {1} MB, more than the {2} MB allowed (EnergyManager__Caps__UploadBytes)", "{0} đã ghi {1} MB, nhiều hơn {2} MB cho phép (EnergyManager__Caps__UploadBytes)"),
        ("{0} wrote a file that cannot be used ({1})", "{0} đã ghi một tệp không dùng được ({1})"),
        ("{0} could not be started ({1})", "không khởi động được {0} ({1})"),
        ("{0} took longer than {1} s (EnergyManager__Exporter__Timeout)", "{0} chạy lâu hơn {1} giây (EnergyManager__Exporter__Timeout)"),
        ("{0} failed with exit code {1}", "{0} thất bại với mã thoát {1}"),
        ("{0} is out of reach ({1}): check the network, or name a mirror in EnergyManager__Hub__Endpoint", "không kết nối được {0} ({1}): hãy kiểm tra mạng, hoặc đặt một máy chủ gương trong EnergyManager__Hub__Endpoint"),
        ("{0} has no repository {1}, or shows it only to its members (set HF_TOKEN if you are one)", "{0} không có kho {1}, hoặc chỉ cho thành viên xem (hãy đặt HF_TOKEN nếu bạn là thành viên)"),
        ("{0} no longer has the revision of {1} that the download began with", "{0} không còn bản sửa đổi của {1} mà lượt tải đã bắt đầu"),
        ("{0} no longer has {1}", "{0} không còn {1}"),
        ("{0} gives {1} only to accounts that accepted its terms: accept them at {2} and set HF_TOKEN to a token of that account", "{0} chỉ đưa {1} cho tài khoản đã chấp nhận điều khoản: hãy chấp nhận tại {2} và đặt HF_TOKEN bằng mã truy cập của tài khoản đó"),
        ("{0} refused the token for {1}: set HF_TOKEN to one that is valid and may read it", "{0} từ chối mã truy cập cho {1}: hãy đặt HF_TOKEN bằng mã hợp lệ và được phép đọc"),
        ("{0} gives {1} only with a token: set HF_TOKEN", "{0} chỉ đưa {1} khi có mã truy cập: hãy đặt HF_TOKEN"),
        ("{0} limits requests and asks to wait {1}, more than the {2} of EnergyManager__Hub__MaximumWait: try again later, or set HF_TOKEN, which has a higher limit", "{0} giới hạn số yêu cầu và yêu cầu đợi {1}, lâu hơn {2} của EnergyManager__Hub__MaximumWait: hãy thử lại sau, hoặc đặt HF_TOKEN để có giới hạn cao hơn"),
        ("{0} limits requests and did not let up: try again later, or set HF_TOKEN, which has a higher limit", "{0} vẫn giới hạn số yêu cầu: hãy thử lại sau, hoặc đặt HF_TOKEN để có giới hạn cao hơn"),
        ("{0} answers {1} again and again: try again later, or name a mirror in EnergyManager__Hub__Endpoint", "{0} liên tục trả lời {1}: hãy thử lại sau, hoặc đặt một máy chủ gương trong EnergyManager__Hub__Endpoint"),
        ("{0} sent {1} of {2} with the wrong content twice, so it was thrown away ({3}): try another mirror, or upload the file", "{0} hai lần gửi {1} của {2} với nội dung sai nên tệp bị bỏ ({3}): hãy thử máy chủ gương khác, hoặc tải tệp lên"),
        ("its SHA-256 is {0}, expected was {1}", "SHA-256 là {0}, cần {1}"),
        ("{0} has a file in {1} that cannot be used ({2})", "{0} có một tệp trong {1} không dùng được ({2})"),
        ("{0} broke off the download of {1} again and again, the last time at {2} MB ({3}): start it again and it goes on from there", "{0} nhiều lần ngắt lượt tải {1}, lần cuối ở {2} MB ({3}): hãy bắt đầu lại, lượt tải sẽ đi tiếp từ đó"),
        ("no byte came for {0} s", "không nhận được byte nào trong {0} giây"),
        ("{0} sends more than the {1} bytes that {2} has", "{0} gửi nhiều hơn {1} byte của {2}"),
        ("{0} has it, but the file of {1} MB is larger than the {2} MB allowed (EnergyManager__Caps__UploadBytes)", "{0} có mô hình này, nhưng tệp {1} MB lớn hơn {2} MB cho phép (EnergyManager__Caps__UploadBytes)"),
        ("{0} redirects to an address without encryption", "{0} chuyển hướng tới một địa chỉ không mã hóa"),
        ("{0} redirected more than {1} times", "{0} chuyển hướng quá {1} lần"),
        ("{0} sent the download to {1}, which answered {2}", "{0} chuyển lượt tải tới {1}, nơi đó trả lời {2}"),
        ("{0} sent the download to {1}, which", "{1} (nơi {0} chuyển lượt tải tới)"),
        ("{0} gave an answer that cannot be read", "không đọc được câu trả lời của {0}"),
        ("{0} is already being asked for this file by another process of this machine: wait for that one", "một tiến trình khác trên máy này đang tải tệp này từ {0}: hãy đợi tiến trình đó"),
    ];
}
