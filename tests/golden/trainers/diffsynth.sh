#!/bin/sh
# demo-1.0.0, train, for DiffSynth-Studio and Wan 2.1 1.3B.
set -eu
: "${DIFFSYNTH:?set it to DiffSynth-Studio's folder}"

accelerate launch "$DIFFSYNTH/examples/wanvideo/model_training/train.py" \
  --dataset_base_path /sets/demo-1.0.0/data/train \
  --dataset_metadata_path /sets/demo-1.0.0/data/train/diffsynth.jsonl \
  --data_file_keys video \
  --height 480 \
  --width 832 \
  --num_frames 81 \
  --dataset_repeat 1 \
  --model_id_with_origin_paths 'Wan-AI/Wan2.1-T2V-1.3B:diffusion_pytorch_model*.safetensors,Wan-AI/Wan2.1-T2V-1.3B:models_t5_umt5-xxl-enc-bf16.pth,Wan-AI/Wan2.1-T2V-1.3B:Wan2.1_VAE.pth' \
  --learning_rate 1e-4 \
  --num_epochs 50 \
  --remove_prefix_in_ckpt pipe.dit. \
  --output_path /sets/demo-1.0.0-training/diffsynth/output \
  --lora_base_model dit \
  --lora_target_modules q,k,v,o,ffn.0,ffn.2 \
  --lora_rank 32
