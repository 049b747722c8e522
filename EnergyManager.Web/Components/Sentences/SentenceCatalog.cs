namespace EnergyManager.Web.Components.Sentences;

/// <summary>
/// Sentences that the server and its devices write, in English as they are stored, sent and logged, and in Vietnamese. <c>{0}</c> to
/// <c>{9}</c> stand for names and figures. The order does not matter: of those that fit, the one with the most letters of its own is taken.
/// </summary>
internal static class SentenceCatalog
{
    /// <summary>English and Vietnamese: what is said of deployments, and why a request is refused.</summary>
    public static IReadOnlyList<(string English, string Vietnamese)> All => [.. Deployments, .. RequestSentences.All];

    private static IReadOnlyList<(string English, string Vietnamese)> Deployments { get; } =
    [
        // The life of a deployment.
        ("{0} requested by {1}.", "{1} yêu cầu {0}."),
        ("{0} tried again by {1}.", "{1} thử lại {0}."),
        ("{0} ({1} bytes, SHA-256 {2}...) is offered to the device.", "Đã đề nghị {0} ({1} byte, SHA-256 {2}…) cho thiết bị."),
        ("The store has no artifact of it yet.", "Kho chưa có tệp của mô hình này."),
        ("Attempt {0} of {1} in {2}.", "Lần thử {0} trên {1} sau {2}."),
        ("Given up after {0} attempts: retry when the source is in reach again.", "Đã bỏ cuộc sau {0} lần thử: hãy thử lại khi nguồn truy cập được."),
        ("{0}: the next attempt is in {1} s.", "{0}: thử lại sau {1} giây."),
        ("{0} writes the model.", "{0} đang ghi mô hình."),
        ("Latency p50 {0} ms, p95 {1} ms.", "Độ trễ p50 {0} ms, p95 {1} ms."),
        ("Latency p50 {0} ms.", "Độ trễ p50 {0} ms."),
        ("Measured {0} mJ per inference.", "Đo được {0} mJ mỗi lần suy luận."),
        ("{0} runs in its place.", "{0} chạy thay chỗ."),
        ("{0} runs again.", "{0} chạy trở lại."),
        ("{0} runs on.", "{0} vẫn tiếp tục chạy."),
        ("No model runs now.", "Hiện không có mô hình nào chạy."),
        ("{0} says that it runs it; the reports of the steps before did not arrive.", "{0} báo là đang chạy mô hình này; báo cáo các bước trước không đến nơi."),
        ("The device says that it failed, and gave no reason.", "Thiết bị báo thất bại mà không nêu lý do."),
        ("The device says that it went back to the model before, and gave no reason.", "Thiết bị báo đã quay về mô hình trước mà không nêu lý do."),
        ("Superseded by the deployment of {0}.", "Bị thay thế bởi lần triển khai {0}."),
        ("Withdrawn by {0}.", "{0} đã rút lại."),
        ("Rolled back to {0} by {1}.", "{1} đã quay lui về {0}."),
        ("Rollback by {0}: {1} stays, what was under way is cancelled.", "{0} quay lui: {1} được giữ lại, lần triển khai đang diễn ra bị hủy."),
        ("Rollback by {0}: {1} comes back in place of {2}.", "{0} quay lui: {1} trở lại thay cho {2}."),
        ("{0} says that it {1}, and should run {2}: it is told again.", "{0} báo khác với điều phải chạy là {2} ({1}): đã nhắc lại."),
        ("The device was removed.", "Thiết bị đã bị gỡ bỏ."),
        ("Installed again after a restart: {0}", "Đã cài lại sau khi khởi động lại: {0}"),

        // The energy gate.
        ("Predicted {0} mWh for the standard run of {1} inferences; no budget is set.", "Dự đoán {0} mWh cho lượt chạy chuẩn {1} lần suy luận; không đặt ngân sách."),
        ("Predicted {0} mWh for the standard run of {1} inferences, within the budget of {2} mWh.", "Dự đoán {0} mWh cho lượt chạy chuẩn {1} lần suy luận, trong ngân sách {2} mWh."),
        ("Predicted {0} mWh for the standard run of {1} inferences, {2} mWh over the budget of {3} mWh.", "Dự đoán {0} mWh cho lượt chạy chuẩn {1} lần suy luận, vượt {2} mWh so với ngân sách {3} mWh."),
        ("Predicted {0} mWh for the standard run of {1} inferences, {2} mWh over the budget of {3} mWh: override it to deploy anyway.", "Dự đoán {0} mWh cho lượt chạy chuẩn {1} lần suy luận, vượt {2} mWh so với ngân sách {3} mWh: hãy cho phép vượt để vẫn triển khai."),
        ("The budget is overridden.", "Đã cho phép vượt ngân sách."),
        ("No budget is set.", "Không đặt ngân sách."),
        ("The budget of {0} mWh is overridden.", "Đã cho phép vượt ngân sách {0} mWh."),
        ("The budget of {0} mWh cannot be checked: override it to deploy anyway.", "Không kiểm tra được ngân sách {0} mWh: hãy cho phép vượt để vẫn triển khai."),
        ("The energy of the standard run of {0} inferences cannot be predicted: nothing is known of the model.", "Không dự đoán được năng lượng của lượt chạy chuẩn {0} lần suy luận: chưa biết gì về mô hình."),
        ("The energy of the standard run of {0} inferences cannot be predicted: {1}.", "Không dự đoán được năng lượng của lượt chạy chuẩn {0} lần suy luận: {1}."),
        ("Calibrated by what the device measured: latency x {0} from {1} model; power x {2} from {3} model ({4}).", "Hiệu chỉnh theo số đo của thiết bị: độ trễ x {0} từ {1} mô hình; công suất x {2} từ {3} mô hình ({4})."),
        ("Calibrated by what the device measured: latency x {0} from {1} models; power x {2} from {3} models ({4}).", "Hiệu chỉnh theo số đo của thiết bị: độ trễ x {0} từ {1} mô hình; công suất x {2} từ {3} mô hình ({4})."),
        ("Calibrated by what the device measured: latency x {0} from {1} model; no measured energy, so the power is the model's.", "Hiệu chỉnh theo số đo của thiết bị: độ trễ x {0} từ {1} mô hình; không đo năng lượng nên công suất lấy theo mô hình dự đoán."),
        ("Calibrated by what the device measured: latency x {0} from {1} models; no measured energy, so the power is the model's.", "Hiệu chỉnh theo số đo của thiết bị: độ trễ x {0} từ {1} mô hình; không đo năng lượng nên công suất lấy theo mô hình dự đoán."),
        ("Calibrated by what the device measured: latency x {0} from {1} model, this one among them ({2}); no measured energy, so the power is the model's.", "Hiệu chỉnh theo số đo của thiết bị: độ trễ x {0} từ {1} mô hình, gồm cả mô hình này; không đo năng lượng nên công suất lấy theo mô hình dự đoán."),
        ("Calibrated by what the device measured: latency x {0} from {1} models, this one among them ({2}); no measured energy, so the power is the model's.", "Hiệu chỉnh theo số đo của thiết bị: độ trễ x {0} từ {1} mô hình, gồm cả mô hình này; không đo năng lượng nên công suất lấy theo mô hình dự đoán."),
        ("Calibrated by what the device measured: {0}; {1}.", "Hiệu chỉnh theo số đo của thiết bị ({0}; {1})."),

        // Answers to a request.
        ("{0} is being fetched for {1}.", "Đang tải {0} cho {1}."),
        ("{0} is being prepared for {1}.", "Đang chuẩn bị {0} cho {1}."),
        ("{0} waits for {1}, which is offline.", "{0} chờ {1}, thiết bị này đang ngoại tuyến."),
        ("{0} is on its way to {1}.", "{0} đang được chuyển tới {1}."),
        ("The deployment of {0} to {1} is withdrawn.", "Đã rút lại lần triển khai {0} lên {1}."),
        ("The deployment of {0} cannot be withdrawn: it runs already. Roll it back instead.", "Không rút lại được lần triển khai {0}: mô hình đã chạy. Hãy quay lui thay vào đó."),
        ("The deployment of {0} cannot be withdrawn: it has ended already.", "Không rút lại được lần triển khai {0}: nó đã kết thúc."),
        ("The deployment of {0} cannot be tried again: it runs.", "Không thử lại được lần triển khai {0}: mô hình đang chạy."),
        ("The deployment of {0} cannot be tried again: it is still under way. Withdraw it first.", "Không thử lại được lần triển khai {0}: nó vẫn đang diễn ra. Hãy rút lại trước."),
        ("No model is called '{0}': choose one of the library, or upload it first.", "Không có mô hình tên '{0}': hãy chọn trong thư viện, hoặc tải lên trước."),
        ("No device is called '{0}'.", "Không có thiết bị tên '{0}'."),
        ("The rollback of {0} to {1} is under way already.", "{0} đang được quay lui về {1}."),
        ("{0} has no other model to go back to: {1} was taken back already. Deploy it again to have it.", "{0} không còn mô hình nào khác để quay về: {1} đã bị quay lui. Hãy triển khai lại nếu cần."),
        ("{0} has run no other model before: there is nothing to go back to.", "{0} chưa từng chạy mô hình nào khác: không có gì để quay về."),
        ("{0} ({1}) is removed with its telemetry; its credential is revoked. An agent on this machine that still runs comes back as a new device.", "Đã gỡ {0} ({1}) cùng dữ liệu đo; chứng thực của nó bị thu hồi. Tác tử còn chạy trên máy này sẽ trở lại như một thiết bị mới."),
        ("{0} ({1}) is removed with its telemetry; its credential is revoked. Its agent is refused from now on: enrol it again with 'devices enrol'.", "Đã gỡ {0} ({1}) cùng dữ liệu đo; chứng thực của nó bị thu hồi. Từ nay tác tử của nó bị từ chối: hãy ghi danh lại bằng 'devices enrol'."),

        // What stood still for too long.
        ("The server did not begin with {0} within {1}: look at its log, then retry.", "Máy chủ không bắt đầu với {0} trong {1}: hãy xem nhật ký máy chủ rồi thử lại."),
        ("{0} could not be fetched within {1}: nothing came in that time. Check the network of the server or upload the file, then retry.", "Không tải được {0} trong {1}: không có dữ liệu nào đến. Hãy kiểm tra mạng của máy chủ hoặc tải tệp lên, rồi thử lại."),
        ("{0} is connected and did not take up {1} within {2}: look at its agent's log or restart the agent, then retry.", "{0} đang kết nối nhưng không nhận {1} trong {2}: hãy xem nhật ký tác tử hoặc khởi động lại tác tử, rồi thử lại."),
        ("The download of {0} to {1} made no progress for {2}: check the device's network and disk, then retry; it goes on from where it stands.", "Việc tải {0} về {1} không tiến triển trong {2}: hãy kiểm tra mạng và ổ đĩa của thiết bị rồi thử lại; phần đã tải được giữ nguyên."),
        ("{0} did not finish checking size and SHA-256 of {1} within {2}: look at its disk and its agent's log, then retry.", "{0} không kiểm tra xong kích thước và SHA-256 của {1} trong {2}: hãy xem ổ đĩa và nhật ký tác tử, rồi thử lại."),
        ("{0} did not finish loading {1} within {2}: it may be too large for the board's memory. Choose a smaller model, or restart the agent and retry.", "{0} không nạp xong {1} trong {2}: mô hình có thể quá lớn so với bộ nhớ. Hãy chọn mô hình nhỏ hơn, hoặc khởi động lại tác tử rồi thử lại."),
        ("{0} did not finish the first inferences of {1} within {2}: the model may be too slow for the board. Choose a smaller one, or retry.", "{0} không chạy xong các lần suy luận đầu của {1} trong {2}: mô hình có thể quá chậm. Hãy chọn mô hình nhỏ hơn, hoặc thử lại."),
        ("{0} did not finish the health check of {1} within {2}: the model may be too slow for the board. Choose a smaller one, or retry.", "{0} không kiểm tra xong {1} trong {2}: mô hình có thể quá chậm. Hãy chọn mô hình nhỏ hơn, hoặc thử lại."),
        ("{0} was away for {1} while {2} was waiting for it: bring the device back, then retry.", "{0} vắng mặt {1} trong lúc {2} đang chờ: hãy kết nối lại thiết bị rồi thử lại."),
        ("{0} was away for {1} while {2} was on its way: bring the device back, then retry.", "{0} vắng mặt {1} trong lúc {2} đang được chuyển: hãy kết nối lại thiết bị rồi thử lại."),

        // What a device says of a model.
        ("{0} cannot be loaded: {1}", "Không nạp được {0}: {1}"),
        ("{0} did not arrive intact: {1}.", "{0} không đến nguyên vẹn: {1}."),
        ("{0} is damaged: {1}.", "{0} bị hỏng: {1}."),
        ("{0} is not there any more.", "{0} không còn ở đó."),
        ("{0} was downloaded and is intact, but this agent cannot execute {1} files; it executes {2}.", "{0} đã tải về nguyên vẹn, nhưng tác tử này không chạy được tệp {1}; nó chạy {2}."),
        ("Not enough space on the device: {0} needs {1} MB more and {2} MB are kept in reserve, but {3} MB are free in {4}. Free some space there and deploy again.", "Thiết bị không đủ chỗ: {0} cần thêm {1} MB và phải chừa {2} MB, nhưng chỉ còn {3} MB trống trong {4}. Hãy giải phóng chỗ rồi triển khai lại."),
        ("Inference {0} of the warm-up failed: {1}", "Lần suy luận {0} khi khởi động thất bại: {1}"),
        ("Inference {0} of the health check failed: {1}", "Lần suy luận {0} khi kiểm tra thất bại: {1}"),
        ("{0} of {1} inferences of the health check failed: {2}", "{0} trên {1} lần suy luận khi kiểm tra thất bại: {2}"),
        ("The median latency of the health check is {0} ms, above the limit of {1} ms.", "Độ trễ trung vị khi kiểm tra là {0} ms, trên giới hạn {1} ms."),
        ("The health check measured {0} mJ per inference, more than {1} times the predicted {2} mJ (the server's setting {3}).", "Khi kiểm tra đo được {0} mJ mỗi lần suy luận, hơn {1} lần mức dự đoán {2} mJ (thiết lập {3} của máy chủ)."),
        ("The health check measured {0} mJ per inference, more than {1}.", "Khi kiểm tra đo được {0} mJ mỗi lần suy luận, nhiều hơn {1}."),
        ("The median latency was {0} ms for {1} s, above the limit of {2} ms (the server's setting {3}).", "Độ trễ trung vị là {0} ms suốt {1} giây, trên giới hạn {2} ms (thiết lập {3} của máy chủ)."),
        ("It took a measured {0} mJ per inference for {1} s, more than {2} times the predicted {3} mJ (the server's setting {4}).", "Đo được {0} mJ mỗi lần suy luận suốt {1} giây, hơn {2} lần mức dự đoán {3} mJ (thiết lập {4} của máy chủ)."),
        ("{0} of the inferences failed for {1} s, more than the {2} that are accepted ({3}).", "{0} số lần suy luận thất bại suốt {1} giây, hơn mức chấp nhận {2} ({3})."),
        ("The last error: {0}", "Lỗi cuối: {0}"),
        ("The model does not compute what it should: in the health check {0} (the agent's setting {1}).", "Mô hình không tính đúng: khi kiểm tra {0} (thiết lập {1} của tác tử)."),
        ("The inference process died: {0}.", "Tiến trình suy luận đã chết: {0}."),
        ("It did so {0} times within {1}.", "Đã xảy ra {0} lần trong {1}."),
        ("The agent died {0} times while it tried to run this model; it is not tried again.", "Tác tử đã chết {0} lần khi thử chạy mô hình này; không thử nữa."),
        ("The agent could not install the model: {0}", "Tác tử không cài được mô hình: {0}"),
        ("The server has no file {0} any more.", "Máy chủ không còn tệp {0}."),
        ("No source has an artifact of {0}: {1}", "Không nguồn nào có tệp của {0}: {1}"),
        ("The artifact could not be provided: {0}", "Không cung cấp được tệp: {0}"),
        ("The model store does not have the version of {0} with SHA-256 {1}... any more: put that file into it again, or deploy another version.", "Kho không còn phiên bản {0} với SHA-256 {1}…: hãy đưa tệp đó vào lại, hoặc triển khai phiên bản khác."),
        ("{0} is no {1} model: its first bytes are those of something else.", "{0} không phải mô hình {1}: các byte đầu là của thứ khác."),
        ("{0} is larger than the {1} MB allowed.", "{0} lớn hơn {1} MB cho phép."),
        ("{0} is empty.", "{0} rỗng."),
        ("{0} was not stored: the disk is full. Free some space and try again.", "Không lưu được {0}: ổ đĩa đã đầy. Hãy giải phóng chỗ rồi thử lại."),
        ("The energy predictor is not available.", "Bộ dự đoán năng lượng chưa sẵn sàng."),
    ];
}
