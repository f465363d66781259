"""Rules about expressions, scripts and times."""

from collections.abc import Mapping

from engine.domain.rules.rule import Rule, refused

RULES: Mapping[str, Rule] = {
    "expression-invalid": refused(
        "'{subject}': {reason}",
        "“{subject}”有误：{reason_zh}",
        "Write it as in ${{score >= 8 and solved == 'yes'}}; the modelling guide tells the rest.",
        "写法如 ${{score >= 8 and solved == 'yes'}}，标点须用英文半角；详见建模指南的表达式一节。",
    ),
    "timer-invalid": refused(
        "'{subject}': {reason}",
        "“{subject}”有误：{reason_zh}",
        "Write 4 hours as PT4H, 2 working hours as PT2H@business, 3 days as P3D, every 10 minutes"
        " three times as R3/PT10M, an instant as 2026-10-08T09:00:00+08:00.",
        "4 小时写作 PT4H，2 个工作小时写作 PT2H@business，3 天写作 P3D，"
        "每 10 分钟一次共三次写作 R3/PT10M，时刻写作 2026-10-08T09:00:00+08:00。",
    ),
    "timer-missing": refused(
        "Expected '{subject}' to say when, but it has no date, duration or cycle.",
        "“{subject}”应给出日期、时长或周期，但都没有。",
        "Fill in the time in its properties.",
        "请在属性中填写时间。",
    ),
    "script-language": refused(
        "Expected a script in the language of the engine, but '{subject}' is in '{language}'.",
        "脚本应使用引擎的语言，但“{subject}”使用“{language}”。",
        "Write it as assignments and if/else, or make it an external task.",
        "请改写为赋值与 if/else，或改为外部任务，由其他系统完成。",
    ),
    "script-missing": refused(
        "Expected '{subject}' to have a script, but it has none.",
        "“{subject}”应有脚本，但没有。",
        "Write the script into the diagram.",
        "请在图中填写脚本。",
    ),
}
