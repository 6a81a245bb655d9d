//! What wit-bindgen makes of the contract in `wit/`. Internal: the other modules wrap it.
#![expect(missing_docs, reason = "generated")]

/// The world `journey`, and every import of any world.
pub mod journey {
    wit_bindgen::generate!({
        path: "../wit",
        world: "journey",
        pub_export_macro: true,
        export_macro_name: "export_journey",
        default_bindings_module: "outrider_sdk::__private::journey",
    });
}

/// The world `assertion-pack`: its exports alone, over the imports of [`journey`].
pub mod assertion_pack {
    wit_bindgen::generate!({
        path: "../wit",
        world: "assertion-pack",
        pub_export_macro: true,
        export_macro_name: "export_assertion_pack",
        default_bindings_module: "outrider_sdk::__private::assertion_pack",
        with: {
            "outrider:plugin/clock@0.1.0": crate::bindings::journey::outrider::plugin::clock,
            "outrider:plugin/measure@0.1.0": crate::bindings::journey::outrider::plugin::measure,
            "outrider:plugin/responses@0.1.0": crate::bindings::journey::outrider::plugin::responses,
            "outrider:plugin/types@0.1.0": crate::bindings::journey::outrider::plugin::types,
            "outrider:plugin/vars@0.1.0": crate::bindings::journey::outrider::plugin::vars,
        },
    });
}

/// The world `transform`: its exports alone.
pub mod transform {
    wit_bindgen::generate!({
        path: "../wit",
        world: "transform",
        pub_export_macro: true,
        export_macro_name: "export_transform",
        default_bindings_module: "outrider_sdk::__private::transform",
        with: {
            "outrider:plugin/measure@0.1.0": crate::bindings::journey::outrider::plugin::measure,
            "outrider:plugin/types@0.1.0": crate::bindings::journey::outrider::plugin::types,
            "outrider:plugin/vars@0.1.0": crate::bindings::journey::outrider::plugin::vars,
        },
    });
}

/// The world `alert-channel`: its exports alone.
pub mod alert_channel {
    wit_bindgen::generate!({
        path: "../wit",
        world: "alert-channel",
        pub_export_macro: true,
        export_macro_name: "export_alert_channel",
        default_bindings_module: "outrider_sdk::__private::alert_channel",
        with: {
            "outrider:plugin/clock@0.1.0": crate::bindings::journey::outrider::plugin::clock,
            "outrider:plugin/http@0.1.0": crate::bindings::journey::outrider::plugin::http,
            "outrider:plugin/measure@0.1.0": crate::bindings::journey::outrider::plugin::measure,
            "outrider:plugin/responses@0.1.0": crate::bindings::journey::outrider::plugin::responses,
            "outrider:plugin/types@0.1.0": crate::bindings::journey::outrider::plugin::types,
            "outrider:plugin/vars@0.1.0": crate::bindings::journey::outrider::plugin::vars,
        },
    });
}

pub(crate) use journey::outrider::plugin as imports;
