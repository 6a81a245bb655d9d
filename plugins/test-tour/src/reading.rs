//! Every way to take something out of an answer.

use outrider_sdk::http::Response;
use outrider_sdk::{Result, check, http, log};

const SCHEMA: &str = r#"{"type":"object","required":["id","name"]}"#;

/// A page: by CSS, XPath, regular expression and header.
pub(crate) fn page() -> Result<()> {
    let page = http::get("/page").send()?.ensure_status(200)?;
    log::info!("{} {}", page.css("title")?, page.css_attribute("a.next", "href")?);
    log::info!("{}", page.css_all("li")?.join(","));
    log::info!("{}", page.css_attribute_all("a", "href")?.join(","));
    log::info!("{} {}", page.xpath("//title")?, page.xpath("count(//li)")?);
    log::info!("{}", page.xpath_all("//li")?.join(","));
    log::info!("{}", page.regex("<title>(.*?)</title>", 1)?);
    log::info!("{}", page.header_regex("x-trace", r"id=(\d+)", 1)?);
    log::info!("{}", page.header("content-type")?.unwrap_or_default());
    check("nothing is found", found_nothing(&page)?);
    check("there are headers", !page.headers()?.is_empty());
    log::info!("{} {}", page.protocol()?, page.url()?.ends_with("/page"));
    check("it took time", page.timings()?.wait.as_nanos() > 0 && page.duration().as_nanos() > 0);
    log::info!("{} {}", page.text()?.len(), page.bytes()?.len());
    log::info!("{}", page.body_size());
    Ok(())
}

fn found_nothing(page: &Response) -> Result<bool> {
    let nothing = [
        page.find_css("h6")?,
        page.find_css_attribute("a", "rel")?,
        page.find_xpath("//h6")?,
        page.find_regex("zebra", 0)?,
        page.find_header_regex("x-trace", "zebra", 0)?,
        page.header("x-zebra")?,
    ];
    Ok(nothing.iter().all(Option::is_none))
}

/// JSON: by path, as a whole and by a schema.
pub(crate) fn json() -> Result<()> {
    let answer = http::get("/json").send()?;
    log::info!("{} {}", answer.json_path::<u64>("$.id")?, answer.json_path::<f64>("$.price")?);
    let tags: Vec<String> = answer.json_path_all("$.tags[?@ != 'b']")?;
    log::info!("{}", tags.join(","));
    check("no zebra", answer.find_json_path::<String>("$.zebra")?.is_none());
    let whole: outrider_sdk::serde_json::Value = answer.json()?;
    log::info!("{}", whole["tags"][1].as_str().unwrap_or_default());
    log::info!("{}", answer.json_schema_faults(SCHEMA)?.join(";"));
    Ok(())
}
